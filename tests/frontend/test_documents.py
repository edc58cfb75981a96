"""Documents in the site: shared, changed, translated, refused with everything typed still there, and fetched."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alliance import background, files
from alliance.ledger.models import Entry
from exchanges.actions import documents
from exchanges.models import Document, Version
from tests import factories
from tests.exchanges import papers

from .conftest import LANGUAGES, text

BOUNDARY = "----alliance"


def form(**given) -> dict:
    file = SimpleUploadedFile("note.txt", b"Trees and open gates.\n")
    return {"title": "Plan of the yards", "source_language": "en", "audience": "members", "file": file, **given}


def multipart(filename: bytes, content: bytes, **fields) -> bytes:
    """A form as a hostile program sends it: no library has cleaned the name of the file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    head = b'Content-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: text/html\r\n\r\n' % filename
    return "".join(parts).encode() + f"--{BOUNDARY}\r\n".encode() + head + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def counted() -> tuple[int, int, int]:
    return Document.objects.count(), Version.objects.count(), Entry.objects.count()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("content", "name", "status"),
    [(b"", "note.txt", 422), (b"MZ\x90\x00", "plan.pdf", 422), (papers.word("x"), "plan.pdf", 422), (b"x" * 3000, "a.txt", 413)],
)
def test_a_refused_file_brings_the_form_back_filled_in(world, at, settings, language, content, name, status):
    settings.DOCUMENT_MAX_BYTES = 2000 if status == 413 else 25 << 20
    before = counted()
    answer = at("official_a").post(
        f"/{language}/documents/share/", form(city=world.a.pk, file=SimpleUploadedFile(name, content), audience="own")
    )
    page = text(answer)
    assert answer.status_code == status
    assert 'value="Plan of the yards"' in page and re.search(r'value="own"[^>]*checked', page)
    assert page.count('class="error"') == 1 and counted() == before


def test_a_store_that_rests_brings_the_form_back_filled_in(world, at, settings):
    before = counted()
    settings.STORAGES = {
        **settings.STORAGES, "default": files.configuration("http://key:secret@127.0.0.1:1/bucket?region=x", "/nowhere"),
    }  # fmt: skip
    client = at("official_a")
    for path, given in ((f"/fr/documents/{world.document.pk}/", form()), ("/fr/documents/share/", form(city=world.a.pk))):
        answer = client.post(path, given)
        assert answer.status_code == 503 and "Traceback" not in text(answer)
    assert 'value="Plan of the yards"' in text(answer) and counted() == before
    told = client.post("/api/v1/documents/?lang=fr", {**form(), "city": world.a.slug, "audience": '{"kind": "own"}'})
    assert told.status_code == 503 and told["Content-Type"] == "application/problem+json" and told["Retry-After"]
    assert told.json()["resting"] == "files" and counted() == before
    for path in ("/fr/", "/fr/documents/", f"/fr/documents/{world.document.pk}/", "/fr/practices/"):
        assert client.get(path).status_code == 200
    assert client.get("/readyz").json()["parts"]["files"] == "down"
    files.rest.answered()


HOSTILE = {
    "folders": b"../../../etc/cron.d/plan.txt",
    "windows folders": b"C:\\\\Windows\\\\plan.txt",
    "turned round": "invoice\u202etxt.exe.txt".encode(),
    "long": b"x" * 300 + b".txt",
    "nul": b"plan.txt\x00.html",
    "lines": b"plan%0d%0aSet-Cookie: a=b.txt",
    "markup": b"<script>alert(1)</script>.txt",
    "bytes": b"\xff\xfe\x80.txt",
    "dots": b"....txt",
    "quotes": b'pl\\"an.txt',
}


@pytest.mark.parametrize("name", list(HOSTILE))
@pytest.mark.parametrize("door", ["site", "api"])
def test_a_hostile_name_is_harmless_wherever_it_is_shown(world, at, name, door):
    client = at("official_a")
    fields = {"title": "Plan", "source_language": "en"}
    if door == "site":
        path, fields = "/en/documents/share/", {**fields, "city": world.a.pk, "audience": "public"}
    else:
        path, fields = "/api/v1/documents/", {**fields, "city": world.a.slug, "audience": '{"kind": "public"}'}
    body = multipart(HOSTILE[name], b"Trees and open gates.\n", **fields)
    before = Version.objects.count()
    answer = client.generic("POST", path, body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    assert answer.status_code in (200, 201, 302, 400, 422), text(answer)
    if Version.objects.count() == before:
        assert answer.status_code in (400, 422)
        return
    background.run_waiting(raising=True)
    version = Version.objects.order_by("-pk").first()
    assert len(version.filename) <= 120 and not re.search(r"[\x00-\x1f/\\\u202a-\u202e\u2066-\u2069]", version.filename)
    assert version.sha256 in version.file.name and version.filename not in version.file.name
    page = text(client.get(f"/ar/documents/{version.document_id}/"))
    assert "<script>alert" not in page and "\u202e" not in page
    given = client.get(f"/api/v1/documents/{version.document_id}/content/")
    assert b"".join(given.streaming_content) == b"Trees and open gates.\n"
    assert given["Content-Disposition"].startswith("attachment; filename") and "Set-Cookie" not in given
    assert given["Content-Type"] == "text/plain; charset=utf-8" and given["X-Content-Type-Options"] == "nosniff"


def test_an_earlier_file_stays_open_while_the_newer_one_is_in_quarantine(world, at):
    background.run_waiting()
    client = at("official_a")
    address = f"/fr/documents/{world.document.pk}/"
    client.post(address, {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7\nno PDF at all")})
    assert "en cours de contrôle" in text(client.get(address)) or "scanning" in text(client.get(address))
    background.run_waiting()
    page = text(client.get(address))
    assert 'class="problem"' in page and f'href="{address}content/"' in page and f'href="{address}versions/2/"' not in page
    assert b"".join(client.get(f"{address}content/").streaming_content) == b"A note about schoolyards."
    other = text(at("official_b").get(address))
    assert "plan.pdf" not in other and 'class="problem"' not in other


def test_a_document_is_changed_by_its_city(world, at):
    client = at("official_a")
    address = f"/en/documents/{world.document.pk}/change/"
    page = text(client.get(address))
    assert 'value="A note"' in page and re.search(r'value="members"[^>]*checked', page)
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    given = {"title": "Another note", "audience": "cities", "audience_cities": [world.b.slug], "practice": world.published.pk}
    assert client.post(address, {**given, "version": version}).status_code == 302
    page = text(client.get(f"/en/documents/{world.document.pk}/"))
    assert "Another note" in page and f"/en/cities/{world.b.slug}/" in page and f"/en/practices/{world.published.pk}/" in page
    late = client.post(address, {**given, "title": "Too late", "version": version})
    assert late.status_code == 409 and 'value="Too late"' in text(late)
    nobody = client.post(address, {**given, "title": "", "version": version})
    assert nobody.status_code == 400 and Document.objects.get(pk=world.document.pk).title_en == "Another note"


def test_a_document_of_a_room_may_stay_there(world, at):
    office = world.people["official_a"]
    document = factories.document(world.a, by=office, language="en", audience={"kind": "room", "room": world.room.pk})
    client = at("official_a")
    page = text(client.get(f"/en/documents/{document.pk}/change/"))
    assert re.search(r'value="room"[^>]*checked', page)
    given = {"title": "For the room", "audience": "room", "version": document.version}
    assert client.post(f"/en/documents/{document.pk}/change/", given).status_code == 302
    document.refresh_from_db()
    assert (document.title_en, document.audience_kind, document.audience_room_id) == ("For the room", "room", world.room.pk)


def test_a_title_is_put_into_another_language(world, at):
    client = at("official_a")
    address = f"/en/documents/{world.document.pk}/translate/ar/"
    assert client.post(address, {"title": "ملاحظة", "origin": "human"}).status_code == 302
    assert "ملاحظة" in text(client.get(f"/ar/documents/{world.document.pk}/"))
    machine = client.post(address, {"title": "آلة", "origin": "machine"})
    assert machine.status_code == 409 and 'value="آلة"' in text(machine)
    for lang in ("en", "xx"):
        assert client.get(f"/en/documents/{world.document.pk}/translate/{lang}/").status_code == 404
    documents.edit(world.document.pk, title="A new note", actor=world.people["official_a"])
    assert "tag warn" in text(client.get(f"/ar/documents/{world.document.pk}/"))
