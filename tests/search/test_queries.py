"""Search over the real domains: the database has the last word, tasks keep the index level, and a resting engine is replaced."""

import io
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test.utils import override_settings
from django.utils import timezone

from alliance import background, clock
from alliance.errors import Invalid
from alliance.search import queries
from alliance.search.engines import Question, engine
from alliance.search.index import FOREVER, INDEXES
from alliance.search.rechecking import _built, visible
from alliance.search.tasks import mend, refresh, tidy
from exchanges.actions import practices, reports, rooms
from exchanges.models import Message, Practice
from exchanges.queries.audience import tokens_of
from members.models import Official
from members.policies.standing import standing_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lyon():
    return factories.city("lyon")


@pytest.fixture
def author(lyon):
    return factories.official(lyon, "coordinator")


def ask(actor, text="", **asked) -> dict:
    return queries.search(actor, Question(text, **{"lang": "en", "tokens": tokens_of(actor)} | asked))


def found(actor, text="", **asked) -> set[tuple[str, int]]:
    return {(row["kind"], row["id"]) for row in ask(actor, text, **asked)["results"]}


def test_what_is_shared_is_found_as_soon_as_the_tasks_have_run(lyon, author):
    practice = factories.practice(lyon, by=author, themes=["trees"])
    assert found(author, "écoles") == set()
    background.run_waiting(raising=True)
    answer = ask(author, "ecole ouverte", lang="fr")
    [result] = [row for row in answer["results"] if row["kind"] == "practice"]
    assert (result["id"], result["url"]) == (practice.pk, f"/fr/practices/{practice.pk}/")
    assert result["language"] == {
        "shown": "fr", "asked": "fr", "source": "fr", "origin": "original", "stale": False, "available": ["fr"],
    }  # fmt: skip
    assert "<mark>" in result["highlight"] and result["title"] == practice.title_fr and result["score"] > 0
    assert answer["engine"] == engine().name and answer["took_ms"] >= 0 and answer["total"] == len(answer["results"])
    assert {"value": "lyon", "count": 1} in answer["facets"]["city"]
    [theme] = answer["facets"]["theme"]
    assert (theme["value"], theme["count"]) == ("trees", 1) and theme["label"] != "trees"
    assert set(answer["facets"]) == {"kind", "language", "theme", "city"}


def test_what_is_withdrawn_or_hidden_is_no_longer_found_and_comes_back_when_shown_again(lyon, author):
    practice = factories.practice(lyon, by=author)
    neighbour, moderator = factories.official(factories.city("dakar")), factories.moderator()
    background.run_waiting(raising=True)
    report = reports.report(f"practice:{practice.pk}", "false", actor=neighbour)
    reports.decide(report.pk, "hide", actor=moderator)
    background.run_waiting(raising=True)
    assert ("practice", practice.pk) not in found(neighbour, "écoles")
    reports.undo(report.pk, actor=moderator)
    background.run_waiting(raising=True)
    assert ("practice", practice.pk) in found(neighbour, "écoles")
    practices.withdraw(practice.pk, actor=author)
    background.run_waiting(raising=True)
    assert ("practice", practice.pk) not in found(None, "écoles")


def test_a_late_refresh_does_not_bring_back_what_has_gone(lyon, author):
    practice = factories.practice(lyon, by=author)
    background.run_waiting(raising=True)
    late = INDEXES["practice"].document(INDEXES["practice"].queryset().get(pk=practice.pk))
    practices.withdraw(practice.pk, actor=author)
    background.run_waiting(raising=True)
    engine().put([late])
    assert engine().ask(Question("écoles", tokens=frozenset({"public"}))).total == 0


def test_a_translation_that_is_older_than_its_source_is_told_as_stale(lyon, author):
    practice = factories.practice(lyon, by=author)
    practices.translate(practice.pk, "en", {"title": "School yards open in the evening"}, origin="human", actor=author)
    practices.edit(practice.pk, texts={"title": "Autre titre"}, actor=author)
    background.run_waiting(raising=True)
    [result] = ask(author, "school yards", kinds=("practice",))["results"]
    assert (result["language"]["shown"], result["language"]["stale"], result["language"]["origin"]) == ("en", True, "human")


def test_the_database_has_the_last_word(lyon, author):
    """The index may be behind the truth; what it still shows then does not come out."""
    kept, gone = factories.practice(lyon, by=author), factories.practice(lyon, by=author)
    background.run_waiting(raising=True)
    Practice.objects.filter(pk=gone.pk).update(audience_kind="own")
    answer = ask(None, "écoles", kinds=("practice",))
    assert [(row["kind"], row["id"]) for row in answer["results"]] == [("practice", kept.pk)] and answer["total"] == 1


def test_the_recheck_costs_one_query_whatever_kinds_were_found(lyon, author, django_assert_num_queries):
    for _turn in range(4):
        factories.practice(lyon, by=author)
    background.run_waiting(raising=True)
    tokens = tokens_of(None)
    with django_assert_num_queries(1):
        answer = queries.search(None, Question("Lyon", lang="fr", tokens=tokens))
    assert {row["kind"] for row in answer["results"]} == {"practice", "city"}


def test_the_recheck_says_what_the_domains_say_of_any_number_of_things(lyon, author):
    dakar = factories.city("dakar")
    people = [None, author, factories.official(dakar), factories.secretariat(), factories.moderator()]
    audiences = [{"kind": kind} for kind in ("public", "members", "own")] + [{"kind": "cities", "cities": ["dakar"]}]
    for audience in audiences:
        for state in ("published", "draft"):
            factories.practice(lyon, by=author, audience=audience, state=state)
        factories.document(lyon, by=author, audience=audience)
    room = factories.room(lyon, by=author, audience={"kind": "cities", "cities": ["dakar"]})
    rooms.post(room.pk, "Bonjour", nonce="1", actor=author)
    background.run_waiting(raising=True)  # the files are looked at
    everything = {kind: list(index.queryset().model.objects.values_list("pk", flat=True)) for kind, index in INDEXES.items()}
    assert all(everything[kind] for kind in ("practice", "document", "message", "city"))
    for person in people:
        who = standing_of(person)
        for count in (1, 3, 5, 99):
            some = {kind: ids[:count] for kind, ids in everything.items() if ids}
            expected = {
                (kind, pk)
                for kind, ids in some.items()
                for pk in INDEXES[kind].visible_to(who).filter(pk__in=ids).values_list("pk", flat=True)
            }
            assert visible(who, some) == visible(person, some) == expected


def test_a_mandate_that_has_ended_is_not_remembered_by_the_recheck(lyon, author):
    own = factories.practice(lyon, by=author, audience={"kind": "own"})
    wanted = {"practice": [own.pk]}
    assert visible(standing_of(author), wanted) == visible(author, wanted) == {("practice", own.pk)}
    Official.objects.filter(user=author).update(ends_at=timezone.now())
    assert visible(standing_of(author), wanted) == visible(author, wanted) == set()


def test_what_a_standing_sees_does_not_hang_on_the_moment(lyon, author):
    """Its SQL is built once: a clock in it would stand still."""
    for person in (None, author, factories.secretariat(), factories.moderator()):
        who = standing_of(person)
        for kind in INDEXES:
            now = _built.__wrapped__(kind, who)
            with clock.at(timezone.now() + timedelta(days=400)):
                assert _built.__wrapped__(kind, who) == now


def test_an_over_long_question_is_refused_with_a_sentence():
    for length in (201, 50_000):
        with pytest.raises(Invalid) as refusal:
            ask(None, "x" * length)
        assert refusal.value.field == "q" and "200" in refusal.value.reason
    ask(None, "x" * 200)


def test_facets_and_total_speak_only_of_what_one_may_see(lyon, author):
    factories.practice(lyon, by=author, audience={"kind": "own"}, themes=["heat"])
    background.run_waiting(raising=True)
    answer = ask(None, "écoles", kinds=("practice",))
    assert answer["total"] == 0 and not any(answer["facets"].values())
    assert ask(author, "écoles", kinds=("practice",))["facets"]["theme"][0]["value"] == "heat"


# --- while the engine rests -----------------------------------------------------------------------------------------------


@contextmanager
def at_rest(tmp_path):
    """The engine is in a place where there can be none, whichever it is."""
    (tmp_path / "file").write_text("not a folder")
    with override_settings(
        SEARCH_INDEX=tmp_path / "file" / "index.sqlite3",
        ELASTICSEARCH_URL="http://127.0.0.1:1" if settings.ELASTICSEARCH_URL else "",
    ):
        yield


@pytest.fixture
def resting(tmp_path):
    with at_rest(tmp_path):
        yield


def test_while_the_engine_rests_titles_are_found_and_the_answer_says_so(lyon, author, resting):
    public = factories.practice(lyon, by=author)
    own = factories.practice(lyon, by=author, audience={"kind": "own"})
    answer = ask(None, "ouvertes", lang="fr")
    assert answer["engine"] == "reduced" and [(row["kind"], row["id"]) for row in answer["results"]] == [("practice", public.pk)]
    assert ("practice", own.pk) in found(author, "ouvertes")
    assert set(answer["facets"]) == {"kind", "language", "theme", "city"}
    assert found(author, "ouvertes", kinds=("document",)) == set() == found(author, "ouvertes", themes=("heat",))
    assert found(author, "ouvertes", languages=("de",)) == set() and found(author, "") == set()


def test_a_task_that_meets_a_resting_engine_waits_and_is_done_later(lyon, author, tmp_path):
    with at_rest(tmp_path):
        practice = factories.practice(lyon, by=author)
        background.run_waiting()
    background.run_waiting(now=timezone.now() + timedelta(minutes=1), raising=True)
    assert ("practice", practice.pk) in found(None, "écoles")


# --- tasks and the command --------------------------------------------------------------------------------------------------


def test_reindex_builds_from_the_database_and_counts_each_kind(lyon, author):
    factories.practice(lyon, by=author)
    factories.practice(lyon, by=author, state="draft")
    engine().put([])
    out = io.StringIO()
    call_command("reindex", stdout=out)
    lines = dict(line.split(": ") for line in out.getvalue().splitlines())
    assert set(lines) == set(INDEXES) and (lines["practice"], lines["city"], lines["message"]) == ("1", "1", "0")
    assert ("city", lyon.pk) in found(None, "lyon") and engine().built()


def test_an_index_that_was_lost_is_built_from_everything_by_itself(lyon, author):
    factories.practice(lyon, by=author)
    background.run_waiting(raising=True)
    engine().clear()
    mend.call()
    background.run_waiting(raising=True)
    assert engine().built() and found(None, "écoles", kinds=("practice",))
    mend.call()
    assert background.run_waiting() == 0, "once is enough"
    assert engine().built() and found(None, "écoles", kinds=("practice",))


def test_refresh_and_tidy_may_be_repeated(lyon, author):
    practice = factories.practice(lyon, by=author)
    for _turn in range(2):
        refresh.call("practice", practice.pk)
        refresh.call("practice", practice.pk + 1000)
        tidy.call()
    assert found(None, "écoles", kinds=("practice",)) == {("practice", practice.pk)}


def test_the_version_of_what_is_not_found(lyon, author):
    draft = factories.practice(lyon, by=author, state="draft")
    assert INDEXES["practice"].version_of(draft.pk) == draft.version
    assert INDEXES["message"].version_of(Message.objects.count() + 99) == FOREVER
    assert INDEXES["practice"].version_of(2**40) == FOREVER
