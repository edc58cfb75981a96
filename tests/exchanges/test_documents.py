"""Documents: shared by a city, checked, given out to whom they are for."""

import hashlib
import html
import os
import resource
import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.utils import translation
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from alliance import background, clock, files
from alliance.errors import Conflict, Forbidden, Invalid, TooLarge, Unacceptable, Unavailable, Unknown
from alliance.languages.tongues import CODES
from alliance.ledger.actions import durable
from alliance.ledger.models import Entry
from exchanges.actions import documents
from exchanges.models import Document, Version
from exchanges.queries import documents as queries
from exchanges.queries import practices
from frontend import health
from members.policies.standing import standing_of
from tests import factories
from tests.proxy import Proxy

from . import papers
from .papers import stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(tmp_path, settings):
    """A store of its own for each test, so that what was stored can be counted: a folder, or a place in the bucket of S3_URL."""
    url, folder = os.environ.get("S3_URL", ""), tmp_path / "files"
    folder.mkdir()
    at = f"{url}/{uuid.uuid4().hex}" if url else ""
    settings.STORAGES = {**settings.STORAGES, "default": files.configuration(at, folder)}
    files.rest.answered()
    return folder


@pytest.fixture
def folder(own_store, settings):
    """A folder, whatever the environment says."""
    settings.STORAGES = {**settings.STORAGES, "default": files.configuration("", own_store)}
    return own_store


@pytest.fixture
def lyon():
    return factories.city("lyon")


@pytest.fixture
def author(lyon):
    return factories.official(lyon)


@pytest.fixture
def neighbour():
    return factories.official(factories.city("dakar"))


def check_all() -> None:
    """Every file that waits is checked, as the worker would."""
    for version in Version.objects.filter(state="scanning"):
        documents.check(version.pk, actor=None)


def upload(content: bytes, name: str = "note.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def seen_by(actor) -> set[int]:
    return set(queries.documents_visible_to(actor).values_list("pk", flat=True))


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def row_of(document, actor, language="fr"):
    return queries.document_rows(Document.objects.filter(pk=document.pk), language, actor=actor)[0]


# --- From upload to ready ----------------------------------------------------------------------------------------------


def test_a_file_is_given_out_once_it_was_checked(lyon, author, neighbour):
    content = papers.made("pdf", "Cours d’école", "Des arbres.")
    document = factories.document(lyon, by=author, upload=upload(content, "Plan d’été.PDF"))
    version = document.versions.get()
    assert (version.state, version.text, version.sha256) == ("scanning", "", hashlib.sha256(content).hexdigest())
    assert row_of(document, author)["state"] == "scanning"
    assert seen_by(None) == seen_by(neighbour) == set() and seen_by(author) == {document.pk}
    assert queries.version_for(neighbour, document.pk) is None
    with pytest.raises(Conflict):
        queries.version_for(author, document.pk)
    background.run_waiting()
    version.refresh_from_db()
    scanned = bool(os.environ.get("CLAMD_URL"))
    assert (version.state, version.pages, version.scanned, version.media_type) == ("ready", 1, scanned, "application/pdf")
    assert "Des arbres." in version.text
    assert seen_by(None) == {document.pk}
    given = queries.version_for(None, document.pk)
    with given.file.open("rb") as file:
        assert file.read() == content
    assert given.file.name.endswith(version.sha256)
    assert row_of(document, None)["current"]["filename"] == "Plan d’été.pdf"
    names = Entry.objects.filter(subject=f"document:{document.pk}").order_by("pk").values_list("name", "actor")
    assert list(names) == [("document.shared", author.pk), ("document.version_added", author.pk), ("document.ready", None)]


def test_a_file_that_django_keeps_on_disk_is_taken_whole(lyon, author):
    content = b"Trees.\n" * 400_000
    with TemporaryUploadedFile("note.txt", "text/plain", len(content), None) as given:
        given.write(content)
        given.seek(0)
        document = factories.document(lyon, by=author, upload=given)
    check_all()
    version = queries.version_for(None, document.pk)
    assert (version.size, version.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_what_cannot_be_opened_goes_into_quarantine(lyon, author, neighbour):
    document = factories.document(lyon, by=author, upload=upload(b"%PDF-1.7\nno PDF at all", "plan.pdf"))
    before = document.version
    background.run_waiting()
    shown = row_of(document, author)
    assert (shown["state"], shown["reason_code"], shown["current"]) == ("quarantined", "unreadable", None)
    assert shown["reason"].endswith(".")
    assert seen_by(None) == seen_by(neighbour) == set()
    assert queries.version_for(neighbour, document.pk) is None
    with pytest.raises(Forbidden) as refusal:
        queries.version_for(author, document.pk)
    assert str(refusal.value.reason) == shown["reason"]
    assert Entry.objects.get(name="document.quarantined").facts["reason"] == "unreadable"
    assert Document.objects.get().version > before


def test_checking_twice_happens_once(lyon, author):
    document = factories.document(lyon, by=author)
    version = document.versions.get()
    for _time in range(3):
        documents.check(version.pk, actor=None)
    documents.check(999_999_999, actor=None)
    assert Entry.objects.filter(name="document.ready").count() == 1
    assert Document.objects.get().version == document.version + 1


@durable
def stumble(event) -> None:
    """A listener inside the transaction that brings it down."""
    raise ConnectionError("the power went out")


def test_a_check_that_died_before_its_end_is_simply_done_again(lyon, author, settings):
    version = factories.document(lyon, by=author).versions.get()
    listeners = settings.LEDGER_LISTENERS
    settings.LEDGER_LISTENERS = [*listeners, "tests.exchanges.test_documents.stumble"]
    with pytest.raises(ConnectionError):
        documents.check(version.pk, actor=None)
    version.refresh_from_db()
    assert (version.state, version.text) == ("scanning", "")
    settings.LEDGER_LISTENERS = listeners
    documents.check(version.pk, actor=None)
    version.refresh_from_db()
    assert version.state == "ready"


def test_bytes_that_changed_in_the_store_are_not_given_out(lyon, author):
    document = factories.document(lyon, by=author)
    version = document.versions.get()
    with default_storage.open(version.file.name, "wb") as file:
        file.write(b"Something else.")
    check_all()
    version.refresh_from_db()
    assert (version.state, version.reason) == ("quarantined", "unreadable")


def test_bytes_that_are_gone_are_not_given_out(lyon, author):
    version = factories.document(lyon, by=author).versions.get()
    default_storage.delete(version.file.name)
    check_all()
    version.refresh_from_db()
    assert version.state == "quarantined"


# --- The virus scanner -------------------------------------------------------------------------------------------------


def test_without_a_scanners_answer_a_file_stays_closed(lyon, author, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    document = factories.document(lyon, by=author)
    version = document.versions.get()
    with pytest.raises(Unavailable):
        documents.check(version.pk, actor=None)
    background.run_waiting()
    version.refresh_from_db()
    assert (version.state, version.scanned) == ("scanning", False)
    assert seen_by(None) == set()
    assert DBTaskResult.objects.get(task_path="exchanges.tasks.check_version").status == "READY"  # it is tried again


@pytest.mark.service("CLAMD_URL")
def test_the_real_scanner_keeps_a_virus_out(lyon, author, settings):
    settings.CLAMD_URL = os.environ["CLAMD_URL"]
    bad = factories.document(lyon, by=author, upload=upload(papers.EICAR))
    good = factories.document(lyon, by=author)
    check_all()
    assert row_of(bad, author)["reason_code"] == "virus"
    version = queries.version_for(None, good.pk)
    assert (version.state, version.scanned) == ("ready", True)
    assert seen_by(None) == {good.pk}


@pytest.mark.service("CLAMD_URL")
@pytest.mark.parametrize("trouble", ["frozen", "cut"])
def test_what_waits_for_the_scanner_is_picked_up_when_it_is_back(lyon, author, settings, monkeypatch, impatient, trouble):
    monkeypatch.setattr(health, "PATIENCE", 60.0)  # what rests is told here, not how soon
    with Proxy.before(os.environ["CLAMD_URL"]) as door:
        settings.CLAMD_URL = door.url
        door.freeze() if trouble == "frozen" else door.cut()
        good = factories.document(lyon, by=author)
        bad = factories.document(lyon, by=author, upload=upload(papers.EICAR))
        with impatient():
            background.run_waiting()
            parts = Client().get("/readyz").json()["parts"]
        assert set(Version.objects.values_list("state", "scanned")) == {("scanning", False)} and seen_by(None) == set()
        assert (parts["scanner"], parts["files"]) == ("down", "ok")
        door.thaw() if trouble == "frozen" else door.restore()
        background.run_waiting(now=clock.now() + timedelta(minutes=1), raising=True)
        assert row_of(good, None)["state"] == "ready" and row_of(bad, author)["reason_code"] == "virus"
        assert Client().get("/readyz").json()["parts"]["scanner"] == "ok"


def test_what_was_given_up_while_the_scanner_rested_for_days_is_checked_all_the_same(lyon, author, settings, monkeypatch):
    given = settings.CLAMD_URL
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    version = factories.document(lyon, by=author).versions.get()
    DBTaskResult.objects.all().delete()  # as when its own task has come to its end
    assert documents.check_overdue(actor=None) == 0
    later = clock.now() + timedelta(days=3, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert documents.check_overdue(actor=None) == 0
    version.refresh_from_db()
    assert version.state == "scanning"
    settings.CLAMD_URL = given
    assert documents.check_overdue(actor=None) == 1
    version.refresh_from_db()
    assert version.state == "ready"
    assert documents.check_overdue(actor=None) == 0
    assert Entry.objects.filter(name="document.ready").count() == 1


def test_one_file_that_cannot_be_checked_keeps_no_other_waiting(lyon, author, monkeypatch, settings):
    settings.CLAMD_URL = ""
    first, second = (factories.document(lyon, by=author).versions.get() for _time in range(2))
    Version.objects.filter(pk=first.pk).update(media_type="application/unheard-of")
    later = clock.now() + timedelta(days=3, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert documents.check_overdue(actor=None) == 1
    second.refresh_from_db()
    assert second.state == "ready" and Version.objects.get(pk=first.pk).state == "scanning"


def test_the_reason_of_quarantine_is_told_in_the_reader_s_language(lyon, author):
    document = factories.document(lyon, by=author, upload=upload(b"%PDF-1.7\nno PDF at all", "plan.pdf"))
    check_all()
    client = signed_in(author)
    told = {code: client.get(f"/api/v1/documents/{document.pk}/?lang={code}").json()["reason"] for code in CODES}
    assert len(set(told.values())) == len(CODES)
    for code, reason in told.items():
        with translation.override(code):
            assert reason == queries.reason_sentence("unreadable")
    page = client.get(f"/ar/documents/{document.pk}/").content.decode()
    assert told["ar"] in page


# --- What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"", "note.txt", Unacceptable),
        (b"MZ\x90\x00" + bytes(100), "note.txt", Unacceptable),
        (papers.word("x"), "plan.pdf", Unacceptable),
        (papers.PNG, "invoice\u202egnp.exe", Unacceptable),
        (b"x" * 2000, "note.txt", TooLarge),
    ],
)
def test_a_refused_file_leaves_nothing_behind(lyon, author, refused, settings, content, name, kind):
    settings.DOCUMENT_MAX_BYTES = 1500 if kind is TooLarge else 25 << 20
    with refused(kind, field="file"):
        factories.document(lyon, by=author, upload=upload(content, name))
    assert len(stored()) == 0


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\plan.txt", "plan.txt"),
        ("invoice\u202ecod.txt", "invoicecod.txt"),
        ("\u2067plan\u2069.txt", "plan.txt"),
        ("x" * 300 + ".txt", None),
        ("pl\x00an.txt", "plan.txt"),
        ("plan.txt\x00.exe.txt", "plan.txt.exe.txt"),
        ("plan\r\nSet-Cookie: a=b.txt", "planSet-Cookie: a=b.txt"),
        ('plan"; filename="x.txt', 'plan"; filename="x.txt'),
        (".txt", "txt.txt"),
        ("خطة\u200f.txt", "خطة.txt"),
    ],
)
def test_no_name_does_harm_on_its_way_in_and_out(lyon, author, sent, kept):
    """As programs send it, byte for byte, through the door and out again."""
    sentence = f"Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''{quote(sent, safe='')}"
    parts = {"city": "lyon", "title": "Plan", "source_language": "fr", "audience": '{"kind": "public"}'}
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items())
    body += f"--b\r\n{sentence}\r\nContent-Type: text/plain\r\n\r\nTrees.\r\n--b--\r\n"
    answer = signed_in(author).generic(
        "POST", "/api/v1/documents/", body.encode(), content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code == 201, answer.content
    version = Version.objects.get()
    assert kept is None or version.filename == kept
    assert 0 < len(version.filename) <= 120 and version.filename.endswith("txt")
    assert not set(version.filename) & set("/\\\0\r\n\u202e\u2067")
    assert version.file.name.endswith(version.sha256) and len(stored()) == 1
    check_all()
    for address in (f"/api/v1/documents/{version.document_id}/content/", f"/fr/documents/{version.document_id}/content/"):
        given = Client().get(address)
        assert b"".join(given.streaming_content) == b"Trees."
        assert given["Content-Disposition"].startswith("attachment; filename")
        assert not set(given["Content-Disposition"]) & set("\0\r\n")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "plan.pdf"),
        (papers.word("x"), "plan.pdf"),
        (papers.office("word/document.xml", "wordprocessingml.document", {"word/vbaProject.bin": "x"}), "plan.docm"),
        (b"MZ\x90\x00" + bytes(100), "plan.docx"),
    ],
)
def test_a_refused_file_is_said_at_both_doors_and_nothing_is_stored(lyon, author, content, name):
    client = signed_in(author)
    form = {"city": "lyon", "title": "Plan des cours", "source_language": "fr"}
    problem = client.post("/api/v1/documents/?lang=fr", {**form, "file": upload(content, name)})
    assert problem.status_code == 422 and problem["Content-Type"] == "application/problem+json"
    (fault,) = problem.json()["errors"]
    page = client.post("/fr/documents/share/", {**form, "city": lyon.pk, "audience": "members", "file": upload(content, name)})
    assert page.status_code == 422
    shown = html.unescape(page.content.decode())
    assert fault["field"] == "file" and fault["message"] in shown and "Plan des cours" in shown
    assert len(stored()) == 0 and not Document.objects.exists()


def test_a_bomb_is_shared_by_nobody(lyon, author):
    document = factories.document(lyon, by=author, upload=upload(papers.bombed_docx(300 << 20), "plan.docx"))
    background.run_waiting(raising=True)
    assert row_of(document, author)["reason_code"] in ("too_large_unpacked", "virus")
    assert seen_by(None) == set()


def test_a_file_that_lies_about_its_size_is_measured(lyon, author, refused, settings):
    settings.DOCUMENT_MAX_BYTES = 1500
    given = upload(b"x" * 2000)
    given.size = 10
    with refused(TooLarge):
        factories.document(lyon, by=author, upload=given)
    assert len(stored()) == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": None}, "title"),
        ({"language": "xx"}, "source_language"),
        ({"audience": {"kind": "nobody"}}, "audience.kind"),
        ({"practice_id": 999_999}, "practice"),
    ],
)
def test_bad_input_is_refused_before_a_byte_is_stored(lyon, author, refused, given, field):
    with refused(Invalid, field=field):
        factories.document(lyon, by=author, **given)
    assert len(stored()) == 0


def test_a_form_without_a_file_is_told_so(lyon, author, refused):
    for nothing in (None, "note.txt", b"bytes"):
        with refused(Invalid, field="file"):
            documents.share(lyon.pk, "Plan", "fr", None, nothing, actor=author)


def test_only_the_citys_writers_share(lyon, author, neighbour, refused):
    observer, visitor = factories.official(lyon, "observer"), None
    for actor in (neighbour, observer, visitor, factories.secretariat()):
        with refused(Forbidden):
            documents.share(lyon.pk, "Plan", "fr", None, upload(b"Trees."), actor=actor)
    type(lyon).objects.filter(pk=lyon.pk).update(state="on_hold")
    with refused(Forbidden):
        factories.document(lyon, by=author)
    assert len(stored()) == 0


def test_a_folder_that_is_gone_is_said_in_a_sentence(lyon, author, folder, refused):
    folder.rmdir()
    folder.write_bytes(b"")  # where the folder was, so that nothing can be written in it
    with refused(Unavailable):
        factories.document(lyon, by=author)


def test_a_full_disk_keeps_no_half_of_a_file(lyon, author, folder, refused, caplog):
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    content = b"Trees.\n" * (3 << 20)
    with refused(Unavailable) as refusal:
        # The kernel itself refuses what goes beyond, as a full disk would.
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, most[1]))
        try:
            factories.document(lyon, by=author, upload=upload(content))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert refusal.value.part == "files" and len(stored()) == 0
    assert "DATA_DIR: nothing can be kept in" in caplog.text and "make room there" in caplog.text


def test_a_check_without_room_for_it_waits(lyon, author, folder):
    version = factories.document(lyon, by=author, upload=upload(b"Trees.\n" * (3 << 20))).versions.get()
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, most[1]))
    try:
        with pytest.raises(Unavailable):
            documents.check(version.pk, actor=None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    version.refresh_from_db()
    assert version.state == "scanning"


def test_a_store_that_is_not_there_puts_nothing_into_quarantine(lyon, author, folder):
    """A disk that is not mounted yet must not cost anybody a document."""
    version = factories.document(lyon, by=author).versions.get()
    elsewhere = folder.rename(folder.with_name("unmounted"))
    with pytest.raises(Unavailable):
        documents.check(version.pk, actor=None)
    elsewhere.rename(folder)
    check_all()
    version.refresh_from_db()
    assert version.state == "ready"


def test_when_the_transaction_fails_the_bytes_go_too(lyon, author, settings):
    settings.LEDGER_LISTENERS = ["tests.exchanges.test_documents.stumble"]
    with pytest.raises(ConnectionError):
        factories.document(lyon, by=author)
    assert len(stored()) == 0
    assert not Document.objects.exists()


# --- Versions ----------------------------------------------------------------------------------------------------------


def test_the_earlier_file_is_given_out_until_the_newer_is_ready(lyon, author):
    document = factories.document(lyon, by=author, upload=upload(b"First."))
    check_all()
    added = documents.add_version(document.pk, upload(b"Second."), actor=author)
    assert added.number == 2
    assert queries.version_for(None, document.pk).number == queries.version_for(author, document.pk).number == 1
    assert row_of(document, author)["state"] == "scanning" and row_of(document, None)["state"] == "ready"
    assert [file["number"] for file in queries.document_detail(document, "fr", actor=None)["versions"]] == [1]
    with pytest.raises(Conflict):
        queries.version_for(author, document.pk, 2)
    assert queries.version_for(None, document.pk, 2) is None
    check_all()
    assert queries.version_for(None, document.pk).number == 2
    assert queries.version_for(None, document.pk, 1).number == 1
    assert queries.version_for(None, document.pk, 3) is None
    assert [file["number"] for file in queries.document_detail(document, "fr", actor=None)["versions"]] == [2, 1]


def test_the_same_bytes_twice_stay_two_files(lyon, author):
    one, two = (factories.document(lyon, by=author, upload=upload(b"Trees.")) for _time in range(2))
    check_all()
    assert one.versions.get().file.name != two.versions.get().file.name
    assert seen_by(None) == {one.pk, two.pk}


def test_only_its_city_adds_a_file(lyon, author, neighbour, refused):
    document = factories.document(lyon, by=author)
    with refused(Unknown):  # still being checked: others do not know of it
        documents.add_version(document.pk, upload(b"x"), actor=neighbour)
    check_all()
    with refused(Forbidden):
        documents.add_version(document.pk, upload(b"x"), actor=neighbour)
    assert len(stored()) == 1


# --- Audience, changes, removal ----------------------------------------------------------------------------------------


def test_a_document_is_seen_within_its_audience(lyon, author, neighbour):
    stranger, house = factories.official(factories.city("porto")), factories.secretariat()
    room = factories.room(lyon, by=author)
    audiences = (
        {"kind": "public"},
        {"kind": "members"},
        {"kind": "cities", "cities": ["dakar"]},
        {"kind": "room", "room": room.pk},
        {"kind": "own"},
    )
    public, members, cities, of_room, own = (factories.document(lyon, by=author, audience=audience).pk for audience in audiences)
    check_all()
    assert seen_by(None) == {public}
    assert seen_by(stranger) == seen_by(house) == {public, members}
    assert seen_by(neighbour) == {public, members, cities}
    assert seen_by(author) == {public, members, cities, of_room, own}
    assert queries.version_for(stranger, own) is None
    factories.end_mandates_of(author)
    assert seen_by(author) == {public}


def test_title_and_audience_change_and_the_rest_stays(lyon, author, neighbour, refused):
    document = factories.document(lyon, by=author)
    check_all()
    documents.edit(document.pk, title="  Plan   des\ncours ouvertes ", audience={"kind": "own"}, actor=author)
    kept = Document.objects.get()
    assert (kept.title_fr, kept.title_en, kept.audience_kind) == ("Plan des cours ouvertes", None, "own")
    assert kept.version > document.version
    with refused(Conflict, field="version"):
        documents.edit(document.pk, title="Autre", version=document.version, actor=author)
    with refused(Unknown):
        documents.edit(document.pk, title="Autre", actor=neighbour)
    with refused(Invalid, field="title"):
        documents.edit(document.pk, title=" ", actor=author)


def test_a_title_is_translated_honestly(lyon, author, refused):
    document = factories.document(lyon, by=author)
    documents.translate(document.pk, "en", "Map of the yards", actor=author)
    with refused(Conflict):
        documents.translate(document.pk, "en", "Map of courses", origin="machine", actor=author)
    for language in ("fr", "xx"):
        with refused(Invalid, field="language"):
            documents.translate(document.pk, language, "x", actor=author)
    shown = row_of(document, author, "en")
    assert (shown["title"], shown["language"]["origin"]) == ("Map of the yards", "human")
    documents.edit(document.pk, title="Plan vert", actor=author)
    assert row_of(document, author, "en")["language"]["stale"] is True


def test_a_removed_document_is_nowhere(lyon, author, neighbour, refused):
    document = factories.document(lyon, by=author)
    check_all()
    with refused(Forbidden):
        documents.remove(document.pk, actor=neighbour)
    documents.remove(document.pk, actor=author)
    assert seen_by(author) == seen_by(None) == set()
    assert queries.version_for(author, document.pk) is None
    with refused(Unknown):
        documents.remove(document.pk, actor=author)


def test_a_document_belongs_to_a_practice_of_its_own_city(lyon, author, neighbour, refused):
    practice = factories.practice(lyon, by=author)
    document = factories.document(lyon, by=author, practice_id=practice.pk)
    hidden = factories.document(lyon, by=author, practice_id=practice.pk, audience={"kind": "own"})
    check_all()
    assert [row["id"] for row in practices.practice_detail(practice, "fr", actor=None)["documents"]] == [document.pk]
    assert [row["id"] for row in practices.practice_detail(practice, "fr", actor=author)["documents"]] == [document.pk, hidden.pk]
    dakar = neighbour.mandates.get().city
    with refused(Invalid, field="practice"):
        factories.document(dakar, by=neighbour, practice_id=practice.pk)


# --- Lists and headers -------------------------------------------------------------------------------------------------


def test_a_list_costs_the_same_number_of_queries_however_long_it_is(lyon, author, django_assert_num_queries):
    rows = Document.objects.order_by("-pk")
    standing = standing_of(author)
    for length in (2, 7):
        while Document.objects.count() < length:
            factories.document(lyon, by=author, audience={"kind": "cities", "cities": ["lyon"]})
        with django_assert_num_queries(3):
            assert len(queries.document_rows(rows, "ar", actor=standing)) == length


def test_a_file_leaves_the_house_to_be_saved_not_opened(lyon, author):
    document = factories.document(lyon, by=author, upload=upload(papers.PNG, 'pl"an\r\n; été.png'))
    check_all()
    version = queries.version_for(None, document.pk)
    headers = queries.headers_for(version)
    assert headers["Content-Disposition"].startswith("attachment; filename")
    assert not any(mark in value for value in headers.values() for mark in "\r\n")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"] and "default-src 'none'" in headers["Content-Security-Policy"]
    assert queries.headers_for(version, inline=True)["Content-Disposition"].startswith("inline")
    word = factories.document(lyon, by=author, upload=upload(papers.word("x"), "plan.docx"))
    check_all()
    assert queries.headers_for(queries.version_for(None, word.pk), inline=True)["Content-Disposition"].startswith("attachment")
    assert queries.address_of(version) == ""


def test_a_file_store_that_gives_addresses_gives_them_for_a_minute(lyon, author, settings):
    document = factories.document(lyon, by=author)
    check_all()
    version = queries.version_for(None, document.pk)
    elsewhere = files.configuration("http://a:b@127.0.0.1:1/alliance?region=eu-west-1&redirect=1", "/nowhere")
    version.file.storage = import_string(elsewhere["BACKEND"])(**elsewhere["OPTIONS"])
    address = queries.address_of(version)
    assert version.sha256 in address and "X-Amz-Expires=60" in address
    assert "response-content-disposition=attachment" in address and "no-store" in address


def test_every_reason_of_quarantine_has_its_sentence():
    for reason in Version.Reason.values:
        assert bool(queries.reason_sentence(reason)) == bool(reason)
