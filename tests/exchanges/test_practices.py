"""Practices: written by a city, read by the secretariat, published, translated, taken up by others."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import translation

from alliance.errors import Conflict, Forbidden, Invalid, Unknown
from alliance.ledger.models import Entry
from alliance.search import thesaurus
from exchanges.actions import practices
from exchanges.models import Practice
from exchanges.queries import practices as queries
from exchanges.queries.targets import targets
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lyon():
    return factories.city("lyon")


@pytest.fixture
def author(lyon):
    return factories.official(lyon)


@pytest.fixture
def house():
    return factories.secretariat()


@pytest.fixture
def neighbour():
    return factories.official(factories.city("dakar"))


def theme() -> str:
    return thesaurus.themes("en")[0]["id"]


def seen_by(actor) -> set[int]:
    return set(queries.practices_visible_to(actor).values_list("pk", flat=True))


# --- Who sees what -----------------------------------------------------------------------------------------------------


def test_a_draft_is_seen_by_its_city_alone(lyon, author, house, neighbour):
    draft = factories.practice(lyon, by=author, state="draft")
    assert seen_by(author) == {draft.pk}
    for other in (None, house, neighbour, factories.moderator()):
        assert seen_by(other) == set()


@pytest.mark.parametrize("state", ["submitted", "returned"])
def test_what_was_handed_in_is_seen_by_its_city_and_the_secretariat(lyon, author, house, neighbour, state):
    practice = factories.practice(lyon, by=author, state=state)
    assert seen_by(author) == seen_by(house) == {practice.pk}
    assert seen_by(neighbour) == seen_by(None) == seen_by(factories.moderator()) == set()


def test_a_published_practice_is_seen_within_its_audience(lyon, author, house, neighbour):
    stranger = factories.official(factories.city("porto"))
    ended = factories.official(lyon)
    factories.end_mandates_of(ended)
    room = factories.room(lyon, by=author)
    made = {
        kind: factories.practice(lyon, by=author, audience={"kind": kind, **more}).pk
        for kind, more in (
            ("public", {}),
            ("members", {}),
            ("cities", {"cities": ["dakar"]}),
            ("room", {"room": room.pk}),
            ("own", {}),
        )
    }
    assert seen_by(None) == seen_by(ended) == {made["public"]}
    assert seen_by(stranger) == {made["public"], made["members"]}
    assert seen_by(neighbour) == {made["public"], made["members"], made["cities"]}
    assert seen_by(author) == seen_by(house) == set(made.values())


def test_somebody_in_the_room_sees_what_is_for_the_room(lyon, author, neighbour):
    from exchanges.actions import rooms

    room = factories.room(lyon, by=author)
    practice = factories.practice(lyon, by=author, audience={"kind": "room", "room": room.pk})
    assert practice.pk not in seen_by(neighbour)
    rooms.add_person(room.pk, email=neighbour.email, actor=author)
    assert practice.pk in seen_by(neighbour)


def test_a_withdrawn_practice_is_gone_for_all_but_its_city_and_the_secretariat(lyon, author, house, neighbour):
    practice = factories.practice(lyon, by=author, state="withdrawn")
    assert seen_by(None) == seen_by(neighbour) == set()
    assert seen_by(author) == seen_by(house) == {practice.pk}


# --- The steps ---------------------------------------------------------------------------------------------------------


def test_the_way_of_a_practice_is_written_down(lyon, author, house):
    practice = practices.draft(
        lyon.pk,
        "fr",
        factories.TEXTS,
        themes=[theme()],
        targets=[targets("en")[0]["id"]],
        audience={"kind": "public"},
        actor=author,
    )
    practices.submit(practice.pk, actor=author)
    returned = practices.give_back(practice.pk, "Dites ce que cela a coûté.", actor=house)
    assert (returned.state, returned.state_reason) == ("returned", "Dites ce que cela a coûté.")
    practices.submit(practice.pk, actor=author)
    published = practices.publish(practice.pk, actor=house)
    assert published.published_at and not published.state_reason
    practices.withdraw(practice.pk, actor=author)
    names = list(Entry.objects.filter(subject=f"practice:{practice.pk}").order_by("pk").values_list("name", "actor"))
    assert names == [
        ("practice.drafted", author.pk),
        ("practice.submitted", author.pk),
        ("practice.returned", house.pk),
        ("practice.submitted", author.pk),
        ("practice.published", house.pk),
        ("practice.withdrawn", author.pk),
    ]
    practice.refresh_from_db()
    assert practice.version == 6


STEPS = {
    "submit": lambda pk, actor: practices.submit(pk, actor=actor),
    "publish": lambda pk, actor: practices.publish(pk, actor=actor),
    "give_back": lambda pk, actor: practices.give_back(pk, "Please mend it.", actor=actor),
    "withdraw": lambda pk, actor: practices.withdraw(pk, actor=actor),
}


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("submit", "submitted"), ("submit", "published"), ("submit", "withdrawn"), ("publish", "returned"), ("publish", "published"),
        ("publish", "withdrawn"), ("give_back", "published"), ("give_back", "returned"), ("withdraw", "submitted"),
        ("withdraw", "withdrawn"),
    ],
)  # fmt: skip
def test_a_step_that_does_not_begin_here_is_a_conflict(lyon, author, house, refused, verb, state):
    practice = factories.practice(lyon, by=author, state=state)
    with refused(Conflict):
        STEPS[verb](practice.pk, author if verb in ("submit", "withdraw") else house)


@pytest.mark.parametrize("verb", list(STEPS))
def test_a_step_is_taken_only_by_whom_it_belongs_to(lyon, author, house, neighbour, refused, verb):
    state = "published" if verb == "withdraw" else "returned" if verb == "submit" else "submitted"
    practice = factories.practice(lyon, by=author, state=state)
    observer = factories.official(lyon, "observer")
    wrong = [observer, house] if verb in ("submit", "withdraw") else [observer, author]
    for actor in wrong:
        with refused(Forbidden):
            STEPS[verb](practice.pk, actor)
    for outsider in [None, factories.person()] + ([] if state == "published" else [neighbour]):
        with refused(Forbidden if state == "published" else Unknown):
            STEPS[verb](practice.pk, outsider)


def test_a_city_on_hold_reads_and_does_not_write(lyon, author, refused):
    practice = factories.practice(lyon, by=author, state="draft")
    type(lyon).objects.filter(pk=lyon.pk).update(state="on_hold")
    assert seen_by(author) == {practice.pk}
    with refused(Forbidden):
        practices.submit(practice.pk, actor=author)
    with refused(Forbidden):
        practices.draft(lyon.pk, "fr", factories.TEXTS, actor=author)


def test_a_mandate_that_ended_a_moment_ago_writes_no_more(lyon, author, refused):
    practice = factories.practice(lyon, by=author)
    factories.end_mandates_of(author)
    with refused(Forbidden):
        practices.edit(practice.pk, texts={"title": "Autre"}, actor=author)


def test_what_is_missing_is_named(lyon, author, refused):
    practice = practices.draft(lyon.pk, "fr", {"title": "Ombre", "summary": "Des arbres."}, actor=author)
    with refused(Invalid, field="context") as refusal, translation.override("en"):
        practices.submit(practice.pk, actor=author)
    assert all(word in str(refusal.value) for word in ("the context", "what was done", "what did not work"))
    assert "what it cost" not in str(refusal.value)


def test_a_return_gives_its_reason(lyon, author, house, refused):
    practice = factories.practice(lyon, by=author, state="submitted")
    for empty in ("", "   ", "\n"):
        with refused(Invalid, field="reason"):
            practices.give_back(practice.pk, empty, actor=house)


# --- Bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"texts": {"title": " "}}, "title"),
        ({"texts": {}}, "title"),
        ({"texts": {"title": "x" * 201}}, "title"),
        ({"texts": {"title": "Ombre", "summary": "x" * 601}}, "summary"),
        ({"texts": {"title": "Ombre", "context": "x" * 10_001}}, "context"),
        ({"texts": {"title": "Ombre", "cost": "x" * 5_000_000}}, "cost"),
        ({"texts": {"title": "Om\x00bre"}}, "title"),
        ({"texts": {"title": "Om\ud800bre"}}, "title"),
        ({"texts": {"title": 7}}, "title"),
        ({"texts": {"title": "Ombre", "state": "published"}}, "state"),
        ({"texts": ["title"]}, "texts"),
        ({"source_language": "tlh"}, "source_language"),
        ({"themes": ["no-such-theme"]}, "themes"),
        ({"themes": [["nested"]]}, "themes"),
        ({"themes": "climate"}, "themes"),
        ({"themes": 5}, "themes"),
        ({"targets": ["sdg:99.99"]}, "targets"),
        ({"targets": [f"sdg:{number}" for number in range(50)]}, "targets"),
        ({"audience": {"kind": "everybody"}}, "audience.kind"),
        ({"audience": {"kind": "cities"}}, "audience.cities"),
        ({"audience": {"kind": "cities", "cities": ["atlantis"]}}, "audience.cities"),
        ({"audience": {"kind": "cities", "cities": [None]}}, "audience.cities"),
        ({"audience": {"kind": "room", "room": 2**80}}, "audience.room"),
        ({"audience": {"kind": "room", "room": "1 OR 1"}}, "audience.room"),
    ],
)
def test_bad_input_is_refused_with_its_field(lyon, author, refused, given, field):
    facts = {"source_language": "fr", "texts": factories.TEXTS, **given}
    with refused(Invalid, field=field):
        practices.draft(lyon.pk, **facts, actor=author)


def test_a_room_that_one_is_not_in_is_no_audience(lyon, author, neighbour, refused):
    room = factories.room(lyon, by=author)
    dakar = neighbour.mandates.get().city
    with refused(Invalid, field="audience.room"):
        practices.draft(dakar.pk, "fr", factories.TEXTS, audience={"kind": "room", "room": room.pk}, actor=neighbour)


def test_an_unknown_practice_and_a_strangers_draft_are_refused_alike(lyon, author, neighbour, refused):
    draft = factories.practice(lyon, by=author, state="draft")
    said = []
    for pk in (draft.pk, 999_999_999):
        with refused(Unknown) as refusal:
            practices.edit(pk, texts={"title": "x"}, actor=neighbour)
        said.append(str(refusal.value))
    assert said[0] == said[1]


# --- Changing ----------------------------------------------------------------------------------------------------------


def test_only_what_is_given_is_changed(lyon, author):
    practice = factories.practice(lyon, by=author, themes=[theme()])
    before = practice.version
    practices.edit(practice.pk, texts={"cost": " 9 000\r\neuros "}, actor=author)
    practice.refresh_from_db()
    assert practice.cost_fr == "9 000\neuros"
    assert practice.title_fr == factories.TEXTS["title"]
    assert [row.theme for row in practice.theme_rows.all()] == [theme()]
    assert practice.audience_kind == "public"
    assert practice.version == before + 1
    assert Entry.objects.filter(name="practice.edited").get().facts["fields"] == ["cost"]


def test_saving_the_same_again_changes_nothing(lyon, author):
    practice = factories.practice(lyon, by=author, themes=[theme()])
    entries = Entry.objects.count()
    practices.edit(practice.pk, texts=factories.TEXTS, themes=[theme(), theme()], actor=author)
    assert Practice.objects.get().version == practice.version
    assert Entry.objects.count() == entries


def test_the_second_of_two_writers_is_told_and_nothing_is_lost(lyon, author, refused):
    practice = factories.practice(lyon, by=author, state="draft")
    colleague = factories.official(lyon, "coordinator")
    practices.edit(practice.pk, texts={"title": "Cours ouvertes"}, version=practice.version, actor=colleague)
    with refused(Conflict, field="version"):
        practices.edit(practice.pk, texts={"title": "Autre titre"}, version=practice.version, actor=author)
    assert Practice.objects.get().title_fr == "Cours ouvertes"


@pytest.mark.parametrize("state", ["submitted", "published"])
def test_what_others_read_is_never_emptied(lyon, author, refused, state):
    practice = factories.practice(lyon, by=author, state=state)
    with refused(Invalid, field="results"):
        practices.edit(practice.pk, texts={"results": ""}, actor=author)


def test_the_audience_is_replaced_as_a_whole(lyon, author, neighbour):
    practice = factories.practice(lyon, by=author, audience={"kind": "cities", "cities": ["dakar"]})
    assert practice.pk in seen_by(neighbour)
    practices.edit(practice.pk, audience={"kind": "own"}, actor=author)
    assert practice.pk not in seen_by(neighbour)
    practice.refresh_from_db()
    assert (practice.audience_kind, practice.audience_cities.count(), practice.audience_room) == ("own", 0, None)


# --- Languages ---------------------------------------------------------------------------------------------------------


def row_of(practice, language):
    return queries.practice_rows(Practice.objects.filter(pk=practice.pk), language)[0]


def test_a_text_is_shown_with_the_truth_about_its_language(lyon, author):
    practice = factories.practice(lyon, by=author)
    practices.translate(practice.pk, "en", {"title": "School yards"}, origin="machine", actor=author)
    shown = row_of(practice, "en")
    assert (shown["title"], shown["summary"]) == ("School yards", factories.TEXTS["summary"])
    assert shown["language"] == {
        "shown": "en", "asked": "en", "source": "fr", "origin": "machine", "stale": False, "available": ["fr", "en"],
        "untranslated": ["summary"],
    }  # fmt: skip
    assert row_of(practice, "ar")["language"] | {"available": []} == {
        "shown": "fr", "asked": "ar", "source": "fr", "origin": "original", "stale": False, "available": [], "untranslated": [],
    }  # fmt: skip
    practices.edit(practice.pk, texts={"title": "Cours vertes"}, actor=author)
    assert row_of(practice, "en")["language"]["stale"] is True
    assert row_of(practice, "fr")["language"]["stale"] is False
    detail = queries.practice_detail(Practice.objects.get(), "en")
    assert detail["title"] == "School yards" and detail["action"] == factories.TEXTS["action"]
    assert detail["language"]["untranslated"] == ["summary", "context", "action", "results", "failed", "cost"]


def test_an_edit_writes_the_source_language_whatever_the_writer_reads(lyon, author):
    practice = factories.practice(lyon, by=author)
    with translation.override("ar"):
        practices.edit(practice.pk, texts={"title": "Cours vertes"}, actor=author)
    practice.refresh_from_db()
    assert (practice.title_fr, practice.title_ar, practice.title_en) == ("Cours vertes", None, None)


@pytest.mark.parametrize("standing", ["human", "checked"])
def test_a_machine_never_overwrites_a_person(lyon, author, refused, standing):
    practice = factories.practice(lyon, by=author)
    practices.translate(practice.pk, "en", {"title": "School yards"}, origin=standing, actor=author)
    with refused(Conflict):
        practices.translate(practice.pk, "en", {"title": "Course schools"}, origin="machine", actor=author)
    assert Practice.objects.get().title_en == "School yards"


def test_a_person_replaces_and_checks_what_a_machine_wrote(lyon, author):
    practice = factories.practice(lyon, by=author)
    practices.translate(practice.pk, "en", {"title": "Course schools", "summary": "Yards."}, origin="machine", actor=author)
    practices.translate(practice.pk, "en", {"title": "School yards"}, origin="checked", actor=author)
    assert row_of(practice, "en")["language"]["origin"] == "checked"
    assert Practice.objects.get().summary_en == "Yards."


def test_no_label_covers_the_work_of_another_hand(lyon, author, refused):
    practice = factories.practice(lyon, by=author)
    practices.translate(practice.pk, "en", {"title": "Course schools", "summary": "Yards."}, origin="machine", actor=author)
    with refused(Invalid, field="summary"):
        practices.translate(practice.pk, "en", {"title": "School yards"}, origin="human", actor=author)
    practices.edit(practice.pk, texts={"summary": "Des jardins."}, actor=author)
    with refused(Invalid, field="summary"):  # the machine's own summary is stale now
        practices.translate(practice.pk, "en", {"title": "School courts"}, origin="machine", actor=author)
    practices.translate(practice.pk, "en", {"title": "School yards", "summary": "Gardens."}, origin="human", actor=author)
    assert row_of(practice, "en")["language"]["stale"] is False


@pytest.mark.parametrize(
    ("language", "texts", "origin", "field"),
    [
        ("fr", {"title": "x"}, "human", "language"),
        ("xx", {"title": "x"}, "human", "language"),
        ("__class__", {"title": "x"}, "human", "language"),
        ("en", {"title": "x"}, "original", "origin"),
        ("en", {"summary": "Gardens."}, "human", "title"),
        ("en", {"title": "x" * 300}, "human", "title"),
    ],
)
def test_a_translation_in_the_wrong_shape_is_refused(lyon, author, refused, language, texts, origin, field):
    practice = factories.practice(lyon, by=author)
    with refused(Invalid, field=field):
        practices.translate(practice.pk, language, texts, origin=origin, actor=author)


def test_translating_belongs_to_the_city_and_the_secretariat(lyon, author, house, neighbour, refused):
    practice = factories.practice(lyon, by=author)
    with refused(Forbidden):
        practices.translate(practice.pk, "en", {"title": "School yards"}, actor=neighbour)
    practices.translate(practice.pk, "en", {"title": "School yards"}, actor=house)
    practices.withdraw(practice.pk, actor=author)
    with refused(Conflict):
        practices.translate(practice.pk, "es", {"title": "Patios"}, actor=author)


# --- Taken up by others ------------------------------------------------------------------------------------------------


def test_another_city_takes_it_up_once(lyon, author, neighbour, refused):
    practice = factories.practice(lyon, by=author)
    dakar = neighbour.mandates.get().city
    with translation.override("ar"):
        practices.transfer(practice.pk, dakar.pk, "بدون أشجار، مع مظلات", actor=neighbour)
    colleague = factories.official(dakar)
    with refused(Conflict, field="city"):
        practices.transfer(practice.pk, dakar.pk, "Encore", actor=colleague)
    taken = queries.practice_detail(Practice.objects.get(), "en")["transfers"]
    assert [(row["city"]["slug"], row["note"], row["language"]["shown"]) for row in taken] == [
        ("dakar", "بدون أشجار، مع مظلات", "ar")
    ]
    assert Entry.objects.get(name="practice.transferred").facts["by_city_id"] == dakar.pk


def test_what_cannot_be_taken_up(lyon, author, neighbour, refused):
    dakar = neighbour.mandates.get().city
    practice = factories.practice(lyon, by=author)
    with refused(Conflict, field="city"):
        practices.transfer(practice.pk, lyon.pk, actor=author)
    with refused(Forbidden):
        practices.transfer(practice.pk, lyon.pk, actor=neighbour)
    with refused(Forbidden):
        practices.transfer(practice.pk, dakar.pk, actor=author)
    with refused(Invalid, field="note"):
        practices.transfer(practice.pk, dakar.pk, "x" * 2001, actor=neighbour)
    unseen = factories.practice(lyon, by=author, audience={"kind": "own"})
    with refused(Unknown):
        practices.transfer(unseen.pk, dakar.pk, actor=neighbour)


# --- Lists and rights --------------------------------------------------------------------------------------------------


def test_the_filters(lyon, author):
    wide = next(row["id"] for row in thesaurus.themes("en") if len(thesaurus.narrower(row["id"])) > 1)
    narrow = thesaurus.narrower(wide)[-1]
    goal = next(row["id"] for row in targets("en") if row["id"].startswith("sdg:11."))
    one = factories.practice(lyon, by=author, themes=[narrow], targets=[goal])
    two = factories.practice(factories.city("granada", language="es"), language="es")

    def found(**asked):
        return set(queries.filtered(queries.practices_visible_to(None), **asked).values_list("pk", flat=True))

    assert found() == {one.pk, two.pk}
    assert found(theme=wide) == found(theme=narrow) == found(target=goal) == found(target="sdg:11") == {one.pk}
    assert found(city="granada") == found(country="es") == found(language="es") == {two.pk}
    assert found(state="published") == {one.pk, two.pk}
    for nothing in (
        {"theme": "zzz"},
        {"target": "sdg:1%"},
        {"country": "ZZ"},
        {"language": "x'y"},
        {"state": "gone"},
        {"city": "x"},
    ):
        assert found(**nothing) == set()


def test_a_list_costs_the_same_number_of_queries_however_long_it_is(lyon, author, django_assert_num_queries):
    rows = Practice.objects.order_by("-pk")
    for _number in range(2):
        factories.practice(lyon, by=author, themes=[theme()], audience={"kind": "cities", "cities": ["lyon"]})
    with django_assert_num_queries(4):
        few = queries.practice_rows(rows, "de")
    for _number in range(6):
        factories.practice(lyon, by=author, themes=[theme()])
    with django_assert_num_queries(4):
        many = queries.practice_rows(rows, "de")
    assert (len(few), len(many)) == (2, 8)
    assert [row["id"] for row in many] == sorted((row["id"] for row in many), reverse=True)
    assert many[-1]["audience"] == {"kind": "cities", "cities": ["lyon"], "room": None}
    assert many[0]["city"] == {"slug": "lyon", "name": "Lyon", "country": "FR"}


def test_the_detail_says_what_may_be_done_and_why_not(lyon, author, house, neighbour):
    practice = factories.practice(lyon, by=author, state="submitted")

    def allowed(actor):
        return {verb for verb, right in queries.practice_detail(practice, "en", actor=actor)["rights"].items() if right["may"]}

    assert allowed(author) == {"edit", "translate", "attach"}
    assert allowed(house) == {"publish", "return", "translate", "report"}
    practices.publish(practice.pk, actor=house)
    practice.refresh_from_db()
    assert allowed(author) == {"edit", "withdraw", "translate", "attach"}
    assert allowed(neighbour) == {"transfer", "report"}
    assert allowed(None) == set()
    reasons = [right["reason"] for right in queries.practice_detail(practice, "fr", actor=None)["rights"].values()]
    assert all(reasons)


def test_the_reason_of_a_return_stays_between_the_city_and_the_house(lyon, author, house):
    practice = factories.practice(lyon, by=author, state="returned")
    assert queries.practice_detail(practice, "en", actor=author)["state_reason"]
    assert queries.practice_detail(practice, "en", actor=house)["state_reason"]
    assert queries.practice_detail(practice, "en", actor=None)["state_reason"] == ""


# --- Two at once -------------------------------------------------------------------------------------------------------


def at_once(*calls) -> list:
    """Each call in a thread and connection of its own, begun together: what it returned or raised."""

    def run(call):
        try:
            gate.wait(60)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    gate = threading.Barrier(len(calls))
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_are_one_decision():
    lyon = factories.city("lyon")
    practice = factories.practice(lyon, state="submitted")
    first, second = factories.secretariat("first@house.example"), factories.secretariat("second@house.example")
    said = at_once(
        lambda: practices.publish(practice.pk, actor=first), lambda: practices.give_back(practice.pk, "Why?", actor=second)
    )
    assert sorted(type(answer).__name__ for answer in said) == ["Conflict", "Practice"]
    assert Entry.objects.filter(name__in=["practice.published", "practice.returned"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_lose_nothing():
    lyon = factories.city("lyon")
    author = factories.official(lyon)
    practice = factories.practice(lyon, by=author, state="draft")
    said = at_once(
        lambda: practices.edit(practice.pk, texts={"title": "Cours vertes"}, actor=author),
        lambda: practices.translate(practice.pk, "en", {"title": "School yards"}, actor=author),
        lambda: practices.translate(practice.pk, "es", {"title": "Patios"}, actor=author),
    )
    assert not [answer for answer in said if isinstance(answer, Exception)]
    kept = Practice.objects.get()
    assert (kept.title_fr, kept.title_en, kept.title_es) == ("Cours vertes", "School yards", "Patios")
    assert set(kept.language_states) == {"fr", "en", "es"}
    assert kept.version == practice.version + 3


def test_a_title_is_one_line_and_keeps_its_no_break_spaces(lyon, author):
    practice = practices.draft(lyon.pk, "fr", {"title": " Cours\touvertes\u202f:\n de  l’ombre "}, actor=author)
    assert practice.title_fr == "Cours ouvertes\u202f: de l’ombre"
