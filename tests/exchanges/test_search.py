"""What the exchanges tell the search engines, and when."""

import pytest

from alliance.search.index import INDEXES
from exchanges import events
from exchanges.actions import documents, practices, reports, rooms
from exchanges.queries.audience import tokens_of
from exchanges.search import DocumentIndex, MessageIndex, PracticeIndex
from members.actions import cities
from tests import factories

from . import papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def lyon():
    return factories.city("lyon")


@pytest.fixture
def author(lyon):
    return factories.official(lyon, "coordinator")


def entries(index) -> dict:
    return {thing.pk: index.document(thing) for thing in index.queryset()}


def test_the_three_kinds_are_declared():
    assert {"practice", "document", "message"} <= set(INDEXES)


def test_only_published_practices_can_be_found(lyon, author):
    for state in ("draft", "submitted", "returned", "withdrawn"):
        factories.practice(lyon, by=author, state=state)
    published = factories.practice(lyon, by=author)
    practices.translate(published.pk, "en", {"title": "School yards"}, origin="machine", actor=author)
    found = entries(PracticeIndex)
    assert list(found) == [published.pk]
    entry = found[published.pk]
    assert set(entry.texts) == {"fr", "en"} and entry.source_language == "fr"
    assert entry.texts["en"].title == "School yards"
    assert "21 heures" in entry.texts["fr"].body and "Lyon" in entry.texts["fr"].body
    assert entry.states == {"fr": "original", "en": "machine"}
    assert (entry.city, entry.path) == ("lyon", f"/practices/{published.pk}/")
    assert entry.version == published.version + 1 and entry.at == published.published_at


def test_what_is_not_ready_removed_or_hidden_cannot_be_found(lyon, author):
    moderator, neighbour = factories.moderator(), factories.official(factories.city("dakar"))
    ready, waiting, removed, hidden = (
        factories.document(lyon, by=author, upload=factories.file(f"Trees {number}.".encode())) for number in range(4)
    )
    broken = factories.document(lyon, by=author, upload=factories.file(b"%PDF-1.7\nno", "plan.pdf"))
    for document in (ready, removed, hidden, broken):
        documents.check(document.versions.get().pk, actor=None)
    documents.remove(removed.pk, actor=author)
    report = reports.report(f"document:{hidden.pk}", "false", actor=neighbour)
    reports.decide(report.pk, "hide", actor=moderator)
    found = entries(DocumentIndex)
    assert set(found) == {ready.pk} and waiting.pk not in found
    assert "Trees 0." in found[ready.pk].texts["fr"].body
    reports.undo(report.pk, actor=moderator)
    assert set(entries(DocumentIndex)) == {ready.pk, hidden.pk}


def test_a_document_is_found_by_the_text_of_its_newest_ready_file(lyon, author):
    document = factories.document(
        lyon, by=author, upload=factories.file(papers.made("docx", "Plan", "Les platanes."), "plan.docx")
    )
    documents.check(document.versions.get().pk, actor=None)
    added = documents.add_version(document.pk, factories.file(b"The oaks."), actor=author)
    assert "platanes" in entries(DocumentIndex)[document.pk].texts["fr"].body
    before = entries(DocumentIndex)[document.pk].version
    documents.check(added.pk, actor=None)
    entry = entries(DocumentIndex)[document.pk]
    assert "The oaks." in entry.texts["fr"].body and "platanes" not in entry.texts["fr"].body
    assert entry.version > before


def test_a_message_is_found_in_its_own_language_by_the_people_of_its_room(lyon, author):
    room = factories.room(lyon, by=author)
    said, _new = rooms.post(room.pk, "مرحبا بالجميع", nonce="1", source_language="ar", actor=author)
    nameless, _new = rooms.post(room.pk, "Bonjour\n" + "à tous " * 100, nonce="2", actor=author)
    gone, _new = rooms.post(room.pk, "Oups", nonce="3", actor=author)
    rooms.remove(room.pk, gone.seq, actor=author)
    found = entries(MessageIndex)
    assert set(found) == {said.pk, nameless.pk}
    assert set(found[said.pk].texts) == {"ar"} and set(found[nameless.pk].texts) == {"fr"}
    assert found[nameless.pk].texts["fr"].title == "Bonjour"
    assert found[said.pk].audience <= tokens_of(author)
    assert not found[said.pk].audience & tokens_of(factories.official(lyon, "observer"))


def test_the_tokens_say_the_same_as_the_database(lyon, author):
    """For every actor and audience: the index lets through exactly what `visible_to` does."""
    neighbour, stranger = factories.official(factories.city("dakar")), factories.official(factories.city("porto"))
    ended, added = factories.official(lyon), factories.official(factories.city("bristol"))
    factories.end_mandates_of(ended)
    actors = [None, author, neighbour, stranger, ended, added, factories.secretariat(), factories.moderator(), factories.person()]
    room = factories.room(lyon, by=author)
    rooms.add_person(room.pk, email=added.email, actor=author)
    rooms.post(room.pk, "Bonjour", nonce="1", actor=author)
    rooms.post(factories.room(lyon, by=author, audience={"kind": "members"}).pk, "À tous", nonce="1", actor=author)
    for audience in (
        {"kind": "public"}, {"kind": "members"}, {"kind": "cities", "cities": ["dakar"]}, {"kind": "room", "room": room.pk},
        {"kind": "own"},
    ):  # fmt: skip
        factories.practice(lyon, by=author, audience=audience)
        documents.check(factories.document(lyon, by=author, audience=audience).versions.get().pk, actor=None)
    for index in (PracticeIndex, DocumentIndex, MessageIndex):
        found = entries(index)
        for actor in actors:
            by_tokens = {pk for pk, entry in found.items() if entry.audience & tokens_of(actor)}
            by_database = set(index.visible_to(actor).filter(pk__in=found).values_list("pk", flat=True))
            assert by_tokens == by_database, (index.kind, actor)


def test_other_events_move_what_they_touch(lyon, author):
    practice = factories.practice(lyon, by=author)
    document = factories.document(lyon, by=author)
    documents.check(document.versions.get().pk, actor=None)
    renamed = cities.events.CityDescribed(city_id=lyon.pk, language="fr")
    elsewhere = cities.events.CityDescribed(city_id=lyon.pk + 1, language="fr")
    assert list(PracticeIndex.moved_by(renamed)) == [practice.pk] and list(DocumentIndex.moved_by(renamed)) == [document.pk]
    assert not list(PracticeIndex.moved_by(elsewhere)) and not list(DocumentIndex.moved_by(elsewhere))
    decided = events.ReportDecided(report_id=1, about=f"practice:{practice.pk}", outcome="hide")
    undone = events.ReportUndone(report_id=1, about=f"document:{document.pk}")
    assert list(PracticeIndex.moved_by(decided)) == [practice.pk] and not list(DocumentIndex.moved_by(decided))
    assert list(DocumentIndex.moved_by(undone)) == [document.pk] and not list(PracticeIndex.moved_by(undone))


@pytest.mark.parametrize("index", [PracticeIndex, DocumentIndex, MessageIndex])
def test_indexing_many_costs_no_query_for_each(lyon, author, index, django_assert_max_num_queries):
    room = factories.room(lyon, by=author)
    for number in range(4):
        factories.practice(lyon, by=author)
        documents.check(factories.document(lyon, by=author).versions.get().pk, actor=None)
        rooms.post(room.pk, "Bonjour", nonce=str(number), actor=author)
    with django_assert_max_num_queries(4):
        assert len(entries(index)) == 4


def test_while_the_engine_rests_titles_are_found_by_those_who_may(lyon, author):
    neighbour = factories.official(factories.city("dakar"))
    public = factories.practice(lyon, by=author, texts={"title": "Arbres <b> et ombre"})
    own = factories.practice(lyon, by=author, texts={"title": "Arbres chez nous"}, audience={"kind": "own"})
    factories.practice(lyon, by=author, state="draft", texts={"title": "Arbres plus tard"})
    practices.translate(public.pk, "en", {"title": "Trees and shade"}, actor=author)
    assert [hit.id for hit in PracticeIndex.named(neighbour, "arbres", "en")] == [public.pk]
    assert [hit.id for hit in PracticeIndex.named(author, "ARBRES", "en")] == [own.pk, public.pk]
    [hit] = PracticeIndex.named(None, "shade", "fr")
    assert (hit.title, hit.highlight, hit.shown) == ("Arbres <b> et ombre", "Arbres &lt;b&gt; et ombre", "fr")
    assert (hit.path, hit.available) == (f"/practices/{public.pk}/", ("fr", "en"))
    document = factories.document(lyon, by=author, title="Plan des arbres")
    assert DocumentIndex.named(author, "plan", "fr") == []
    documents.check(document.versions.get().pk, actor=None)
    assert [hit.id for hit in DocumentIndex.named(None, "plan", "fr")] == [document.pk]
    for nasty in ("\x00", "%' OR 1=1 --", "x" * 10_000):
        PracticeIndex.named(None, nasty, "fr")
