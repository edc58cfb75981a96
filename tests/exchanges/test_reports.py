"""Reports: a member says that something should not stand here, a moderator decides, and may undo."""

import pytest

from alliance.errors import Conflict, Forbidden, Invalid, Unknown
from alliance.ledger.models import Entry
from exchanges.actions import documents, practices, reports, rooms
from exchanges.models import Message, Practice, Report
from exchanges.queries import reports as queries
from exchanges.queries.documents import documents_visible_to
from exchanges.queries.practices import practices_visible_to
from exchanges.queries.rooms import message_rows, messages_visible_to
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lyon():
    return factories.city("lyon")


@pytest.fixture
def author(lyon):
    return factories.official(lyon)


@pytest.fixture
def neighbour():
    return factories.official(factories.city("dakar"))


@pytest.fixture
def moderator():
    return factories.moderator()


@pytest.fixture
def room(lyon, author):
    return factories.room(lyon, by=author, audience={"kind": "members"})


@pytest.fixture
def message(room, author):
    return rooms.post(room.pk, "Something unkind.", nonce="n1", actor=author)[0]


@pytest.fixture
def practice(lyon, author):
    return factories.practice(lyon, by=author)


@pytest.fixture
def document(lyon, author):
    made = factories.document(lyon, by=author)
    documents.check(made.versions.get().pk, actor=None)
    made.refresh_from_db()
    return made


def test_a_hidden_message_keeps_its_number_and_comes_back(room, message, neighbour, moderator):
    report = reports.report(f"message:{message.pk}", "hate", "Please look.", actor=neighbour)
    assert (report.state, report.excerpt) == ("open", "Something unkind.")
    reports.decide(report.pk, "hide", "Contempt.", actor=moderator)
    shown = message_rows(Message.objects.filter(room=room))
    assert [(row["seq"], row["text"], row["removed"]) for row in shown] == [(message.seq, "", True)]
    assert not messages_visible_to(neighbour).exists()
    assert Entry.objects.get(name="message.removed").facts["by_moderation"] is True
    reports.undo(report.pk, actor=moderator)
    assert message_rows(Message.objects.filter(room=room))[0]["text"] == "Something unkind."
    report.refresh_from_db()
    assert (report.state, report.decided_by, report.decision_note) == ("open", None, "")
    names = Entry.objects.filter(subject=f"report:{report.pk}").order_by("pk").values_list("name", flat=True)
    assert list(names) == ["report.made", "report.decided", "report.undone"]


@pytest.mark.parametrize("kind", ["practice", "document"])
def test_what_is_hidden_is_seen_by_its_own_city_alone_until_it_is_undone(request, kind, author, neighbour, moderator):
    thing = request.getfixturevalue(kind)
    visible = {"practice": practices_visible_to, "document": documents_visible_to}[kind]
    report = reports.report(f"{kind}:{thing.pk}", "rights", actor=neighbour)
    reports.decide(report.pk, "hide", actor=moderator)
    assert visible(author).filter(pk=thing.pk).exists()
    assert not visible(neighbour).filter(pk=thing.pk).exists() and not visible(None).filter(pk=thing.pk).exists()
    hidden = type(thing).objects.get(pk=thing.pk)
    assert hidden.hidden_at and hidden.version == thing.version + 1
    reports.undo(report.pk, actor=moderator)
    assert visible(None).filter(pk=thing.pk).exists()


def test_what_is_kept_stays_as_it_was(practice, neighbour, moderator):
    report = reports.report(f"practice:{practice.pk}", "false", actor=neighbour)
    reports.decide(report.pk, "keep", "It is well founded.", actor=moderator)
    report.refresh_from_db()
    assert (report.state, report.decided_by) == ("kept", moderator)
    assert Practice.objects.get().version == practice.version


def test_one_decision_settles_every_open_report_about_the_same(message, neighbour, moderator):
    second = factories.official(factories.city("porto"))
    first_report = reports.report(f"message:{message.pk}", "hate", actor=neighbour)
    second_report = reports.report(f"message:{message.pk}", "threat", actor=second)
    reports.decide(second_report.pk, "hide", actor=moderator)
    assert set(Report.objects.values_list("state", flat=True)) == {"hidden"}
    reports.undo(first_report.pk, actor=moderator)
    assert set(Report.objects.values_list("state", flat=True)) == {"open"}
    assert Message.objects.get().removed_at is None


def test_what_the_author_took_back_is_never_put_back_by_an_undo(room, message, author, neighbour, moderator, refused):
    report = reports.report(f"message:{message.pk}", "hate", actor=neighbour)
    rooms.remove(room.pk, message.seq, actor=author)
    with refused(Conflict):
        reports.decide(report.pk, "hide", actor=moderator)
    reports.decide(report.pk, "keep", actor=moderator)
    reports.undo(report.pk, actor=moderator)
    assert Message.objects.get().removed_at is not None


def test_a_decision_is_taken_once(message, neighbour, moderator, refused):
    report = reports.report(f"message:{message.pk}", "hate", actor=neighbour)
    with refused(Conflict):
        reports.undo(report.pk, actor=moderator)
    reports.decide(report.pk, "hide", actor=moderator)
    for outcome in ("hide", "keep"):
        with refused(Conflict):
            reports.decide(report.pk, outcome, actor=moderator)


def test_only_moderators_decide(message, author, neighbour, moderator, refused):
    report = reports.report(f"message:{message.pk}", "hate", actor=neighbour)
    with refused(Forbidden):
        reports.decide(report.pk, "keep", actor=neighbour)
    for outsider in (author, None, factories.person()):
        with refused(Unknown):
            reports.decide(report.pk, "keep", actor=outsider)
    reports.decide(report.pk, "keep", actor=factories.secretariat())
    with refused(Forbidden):
        reports.undo(report.pk, actor=neighbour)


def test_nobody_decides_about_their_own_writing(lyon, room, neighbour, refused):
    judge = factories.moderator("judge@house.example")
    message, _new = rooms.post(room.pk, "My own words.", nonce="n2", actor=judge)
    report = reports.report(f"message:{message.pk}", "hate", actor=neighbour)
    with refused(Forbidden):
        reports.decide(report.pk, "keep", actor=judge)


@pytest.mark.parametrize(
    ("subject", "reason", "note", "kind", "field"),
    [
        ("city:1", "hate", "", Invalid, "subject"),
        ("message:", "hate", "", Invalid, "subject"),
        ("message:-1", "hate", "", Invalid, "subject"),
        ("message:1e3", "hate", "", Invalid, "subject"),
        ("message:" + "9" * 40, "hate", "", Invalid, "subject"),
        ("message:٣", "hate", "", Invalid, "subject"),
        (None, "hate", "", Invalid, "subject"),
        ("message:999999", "hate", "", Unknown, ""),
        ("own", "boredom", "", Invalid, "reason"),
        ("own", "hate", "x" * 2001, Invalid, "note"),
        ("own", "hate", "a\x00b", Invalid, "note"),
    ],
)
def test_bad_input_is_refused(message, neighbour, refused, subject, reason, note, kind, field):
    subject = f"message:{message.pk}" if subject == "own" else subject
    with refused(kind, field=field):
        reports.report(subject, reason, note, actor=neighbour)


def test_nobody_reports_twice_nor_their_own_nor_what_they_cannot_see(
    lyon, author, neighbour, moderator, practice, document, refused
):
    with refused(Forbidden):
        reports.report(f"practice:{practice.pk}", "false", actor=author)
    with refused(Forbidden):
        reports.report(f"document:{document.pk}", "false", actor=None)
    reports.report(f"practice:{practice.pk}", "false", actor=neighbour)
    with refused(Conflict):
        reports.report(f"practice:{practice.pk}", "hate", actor=neighbour)
    closed = factories.room(lyon, by=author)
    secret, _new = rooms.post(closed.pk, "Among ourselves.", nonce="n3", actor=author)
    draft = factories.practice(lyon, by=author, state="draft")
    for subject in (f"message:{secret.pk}", f"practice:{draft.pk}"):
        with refused(Unknown):
            reports.report(subject, "hate", actor=neighbour)
    practices.withdraw(practice.pk, actor=author)
    with refused(Unknown):
        reports.report(f"practice:{practice.pk}", "hate", actor=moderator)


def test_reports_are_seen_by_who_decides_and_who_made_them(message, author, neighbour, moderator, django_assert_num_queries):
    report = reports.report(f"message:{message.pk}", "hate", "Look.", actor=neighbour)
    seen = {actor: list(queries.reports_visible_to(actor)) for actor in (moderator, neighbour, author)}
    assert seen == {moderator: [report], neighbour: [report], author: []}
    assert not queries.reports_visible_to(None).exists()
    with django_assert_num_queries(1):
        [row] = queries.report_rows(Report.objects.all(), "fr")
    assert (row["subject"], row["state"], row["reported_by"]["id"]) == (f"message:{message.pk}", "open", neighbour.pk)
    assert neighbour.email not in str(row)
