"""The store of files: a folder or a bucket, and what people are told when it does not answer."""

import html
import os
import re
import time
import urllib.error
import urllib.request
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.test.utils import override_settings

from alliance import background, bucket, clock, files
from alliance.errors import Conflict, Unavailable
from alliance.ledger.actions import durable
from exchanges.actions import orphans
from exchanges.models import Document, Version
from tests import factories
from tests.proxy import Proxy

from .papers import stored

pytestmark = pytest.mark.django_db
BUCKET = pytest.mark.service("S3_URL")
IN_TIME = bucket.PATIENCE + 3  # seconds: its patience once, with room for a busy machine


@pytest.fixture(autouse=True)
def _well():
    """No test inherits a store that rests, or one that was swept by another."""
    files.rest.answered()
    yield
    files.rest.answered()
    for name in stored():
        default_storage.delete(name)


@pytest.fixture
def at():
    """`with at(url):` the files are kept there."""

    def there(url: str):
        return override_settings(STORAGES={**settings.STORAGES, "default": files.configuration(url, "/nowhere")})

    return there


@pytest.fixture
def lyon():
    return factories.city("lyon")


@pytest.fixture
def office(lyon):
    return factories.official(lyon, "coordinator")


def fetched(client: Client, pk: int):
    answer = client.get(f"/api/v1/documents/{pk}/content/")
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_an_address_is_read_into_its_parts():
    read = files.configuration("https://key:se%2Fcret@s3.example:9000/bucket/some/prefix?region=eu-west-3&redirect=1", "x")[
        "OPTIONS"
    ]
    assert (
        read["endpoint_url"] == "https://s3.example:9000"
        and read["bucket_name"] == "bucket"
        and read["location"] == "some/prefix"
    )
    assert (read["access_key"], read["secret_key"], read["region_name"]) == ("key", "se/cret", "eu-west-3")
    assert read["querystring_auth"] and read["querystring_expire"] <= 60
    assert not files.configuration("https://key:secret@s3.example/bucket", "x")["OPTIONS"]["querystring_auth"]


def test_what_belongs_to_no_document_is_swept_away_after_a_day(lyon, office, monkeypatch):
    kept = factories.document(lyon, by=office).versions.get()
    orphan = default_storage.save("documents/ab/abc", ContentFile(b"left behind"))
    assert orphans.sweep(actor=None) == 0, "it may be on its way into the database"
    later = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert orphans.sweep(actor=None) == 1
    assert not default_storage.exists(orphan) and default_storage.exists(kept.file.name)


@BUCKET
def test_a_document_lives_in_the_bucket(lyon, office):
    assert default_storage.bucket_name == "alliance"
    document = factories.document(lyon, by=office)
    background.run_waiting(raising=True)
    version = document.versions.get()
    assert version.state == Version.State.READY and version.file.name in stored()
    answer, body = fetched(Client(), document.pk)
    assert (answer.status_code, body) == (200, b"Trees and open gates.\n")
    assert answer["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]
    assert answer["Content-Length"] == str(len(body))


@BUCKET
def test_who_may_is_led_to_the_bucket_for_a_minute_where_that_is_wished(lyon, office, at):
    with at(os.environ["S3_URL"] + "?redirect=1"):
        document = factories.document(lyon, by=office, audience={"kind": "own"})
        background.run_waiting(raising=True)
        assert Client().get(f"/api/v1/documents/{document.pk}/content/").status_code == 404
        client = Client()
        client.force_login(office, backend="allauth.account.auth_backends.AuthenticationBackend")
        for path in (f"/api/v1/documents/{document.pk}/content/", f"/fr/documents/{document.pk}/versions/1/"):
            answer = client.get(path)
            assert answer.status_code == 302 and "no-store" in answer["Cache-Control"]
            # A length without that many bytes would leave the reader waiting for them.
            assert answer.content == b"" and answer.get("Content-Length", "0") == "0" and "Content-Disposition" not in answer
            assert "X-Amz-Expires=60" in answer["Location"]
            with urllib.request.urlopen(answer["Location"], timeout=5) as led:
                assert led.read() == b"Trees and open gates.\n" and led.headers["Content-Disposition"].startswith("attachment")
                assert led.headers["Content-Type"] == "text/plain; charset=utf-8" and "no-store" in led.headers["Cache-Control"]
        for asked in ("X-Amz-Expires=6000", "X-Amz-Expires=0"):
            with pytest.raises(urllib.error.HTTPError) as refusal:
                urllib.request.urlopen(answer["Location"].replace("X-Amz-Expires=60", asked), timeout=5)
            assert refusal.value.code in (400, 403)


@BUCKET
def test_an_address_of_the_bucket_stops_working(lyon, office, at, monkeypatch):
    monkeypatch.setattr(files, "LINK_LIFE", 1)
    with at(os.environ["S3_URL"] + "?redirect=1"):
        document = factories.document(lyon, by=office)
        background.run_waiting(raising=True)
        address = Client().get(f"/api/v1/documents/{document.pk}/content/")["Location"]
    time.sleep(2.5)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(address, timeout=5)
    assert refusal.value.code == 403


@BUCKET
def test_nobody_fetches_from_the_bucket_without_an_address_of_ours(lyon, office):
    version = factories.document(lyon, by=office).versions.get()
    parts = urlsplit(os.environ["S3_URL"])
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"http://{parts.hostname}:{parts.port}{parts.path}/{version.file.name}", timeout=5)
    assert refusal.value.code == 403


@BUCKET
def test_a_frozen_bucket_holds_nobody_and_nothing_is_lost(lyon, office, at, monkeypatch):
    monkeypatch.setattr(files, "REST", 0.0)
    door = Proxy.before(os.environ["S3_URL"])
    client = Client()
    client.force_login(office, backend="allauth.account.auth_backends.AuthenticationBackend")
    try:
        with at(door.url):
            document = factories.document(lyon, by=office)
            door.freeze()
            with pytest.raises(Unavailable) as refusal:
                factories.document(lyon, by=office, title="Second")
            assert refusal.value.part == "files" and Document.objects.count() == 1
            background.run_waiting()
            assert document.versions.get().state == Version.State.SCANNING
            assert files.state(default_storage) == "down"
            door.thaw()
            background.run_waiting(now=clock.now() + timedelta(minutes=1), raising=True)
            assert document.versions.get().state == Version.State.READY
            assert files.state(default_storage) == "ok"
            door.freeze()
            answer, _body = fetched(client, document.pk)
            assert answer.status_code == 503 and answer.json()["resting"] == "files"
            page = client.get(f"/en/documents/{document.pk}/content/")
            assert page.status_code == 503 and "file store" in page.content.decode()
    finally:
        door.close()


@BUCKET
@pytest.mark.parametrize("redirect", ["", "&redirect=1"])
def test_while_the_bucket_rests_one_waits_for_it_and_the_others_do_not(lyon, office, at, redirect):
    door = Proxy.before(os.environ["S3_URL"])
    try:
        with at(f"{door.url}?{redirect}"):
            document = factories.document(lyon, by=office)
            background.run_waiting(raising=True)
        with at(f"{door.url}?{redirect}"):  # as after a start: the bucket was not asked for its region yet
            door.freeze()
            for path in (f"/api/v1/documents/{document.pk}/content/", f"/en/documents/{document.pk}/content/"):
                begun = time.monotonic()
                assert Client().get(path).status_code == 503
                took = time.monotonic() - begun
                assert took < (IN_TIME if path.startswith("/api") else 1.5), took
            assert Client().get(f"/en/documents/{document.pk}/").status_code == 200
            door.thaw()
            time.sleep(files.REST + 0.1)
            assert Client().get(f"/api/v1/documents/{document.pk}/content/").status_code == (302 if redirect else 200)
    finally:
        door.close()


@BUCKET
def test_a_bucket_that_breaks_off_in_the_middle_gives_nobody_half_a_file(lyon, office, at):
    door = Proxy.before(os.environ["S3_URL"])
    try:
        with at(door.url):
            document = factories.document(lyon, by=office)
            background.run_waiting(raising=True)
            door.drop()  # what is open ends; the next is let in
            answer, body = fetched(Client(), document.pk)
            assert (answer.status_code, body) in ((200, b"Trees and open gates.\n"), (503, body))
            door.cut()
            answer, _body = fetched(Client(), document.pk)
            assert answer.status_code == 503 and answer.json()["resting"] == "files"
            door.restore()
            time.sleep(files.REST + 0.1)
            assert fetched(Client(), document.pk)[1] == b"Trees and open gates.\n"
    finally:
        door.close()


def test_a_file_that_is_missing_or_of_another_length_is_not_given_out(lyon, office):
    document = factories.document(lyon, by=office)
    background.run_waiting(raising=True)
    name = document.versions.get().file.name
    with default_storage.open(name, "wb") as file:
        file.write(b"Trees.")
    assert fetched(Client(), document.pk)[0].status_code == 503
    default_storage.delete(name)
    answer, _body = fetched(Client(), document.pk)
    assert answer.status_code == 503 and "missing" in answer.json()["detail"]
    assert files.state(default_storage) == "ok"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:1/misread", "write it as https://key:secret@host/bucket"),
        ("http://key:secret@127.0.0.1:1/bucket", "http://127.0.0.1:1 does not answer"),
        ("http://127.0.0.1:1", "write it as https://key:secret@host/bucket"),
        ("http://key:secret@127.0.0.1:1/", "write it as https://key:secret@host/bucket"),
    ],
)
def test_a_bucket_that_cannot_be_reached_is_a_sentence(lyon, office, at, caplog, url, told):
    with at(url):
        assert files.state(default_storage) == "down"
        with pytest.raises(Unavailable):
            factories.document(lyon, by=office)
        assert not Document.objects.exists()
    said = [record.getMessage() for record in caplog.records if record.name == "alliance.files"]
    assert len(said) == 1 and said[0].startswith("S3_URL") and told in said[0] and "secret@127" not in said[0]
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("where", ["bucket", "folder"])
def test_while_the_store_rests_an_upload_is_told_so_at_both_doors(lyon, office, at, settings, tmp_path, where):
    """A sentence and a 503; all that was typed is still there, and nothing half-done is left."""
    background.run_waiting()
    document = factories.document(lyon, by=office)
    if where == "bucket":
        there = at("http://key:secret@127.0.0.1:1/bucket")
    else:
        (tmp_path / "gone").write_bytes(b"")  # no folder can be made there
        there = override_settings(STORAGES={**settings.STORAGES, "default": files.configuration("", tmp_path / "gone")})
    client = Client()
    client.force_login(office, backend="allauth.account.auth_backends.AuthenticationBackend")
    form = {"city": "lyon", "title": "Les cours d’école", "source_language": "pt"}
    with there:
        files.rest.answered()
        for path, given in (("", form), (f"{document.pk}/versions/", {})):
            answer = client.post(f"/api/v1/documents/{path}?lang=fr", {**given, "file": factories.file()})
            problem = answer.json()
            assert answer.status_code == 503 and answer["Content-Type"] == "application/problem+json"
            assert problem["resting"] == "files" and problem["detail"].startswith("Le fichier") and answer["Retry-After"]
        page = client.post("/fr/documents/share/", {**form, "city": lyon.pk, "audience": "own", "file": factories.file()})
        shown = html.unescape(page.content.decode())
        assert page.status_code == 503 and problem["detail"] in shown
        assert "Les cours d’école" in shown and re.search(r'<option value="pt"[^>]* selected', shown)
        assert re.search(r'value="own"[^>]* (checked|selected)', shown)
        page = client.post(f"/fr/documents/{document.pk}/", {"file": factories.file()})
        assert page.status_code == 503 and problem["detail"] in html.unescape(page.content.decode())
        assert client.get("/readyz").json()["parts"]["files"] == "down"
        for well in ("/fr/", "/fr/documents/", f"/fr/documents/{document.pk}/", "/api/v1/documents/"):
            assert client.get(well).status_code == 200
    assert Document.objects.get() == document and document.versions.count() == 1
    assert stored() == [document.versions.get().file.name]


@BUCKET
def test_where_people_are_led_to_the_bucket_only_those_who_may_are_led(lyon, office, at):
    with at(os.environ["S3_URL"] + "?redirect=1"):
        document = factories.document(lyon, by=office)
        stranger, client = Client(), Client()
        client.force_login(office, backend="allauth.account.auth_backends.AuthenticationBackend")
        addresses = (
            f"/api/v1/documents/{document.pk}/content/",
            f"/api/v1/documents/{document.pk}/versions/1/content/",
            f"/fr/documents/{document.pk}/content/",
            f"/fr/documents/{document.pk}/versions/1/",
        )

        def told(by: Client) -> set[int]:
            return {by.get(address).status_code for address in addresses}

        assert (told(stranger), told(client)) == ({404}, {409})  # still being checked
        Version.objects.update(state="quarantined", reason="virus")
        assert (told(stranger), told(client)) == ({404}, {403})
        Version.objects.update(state="ready", reason="")
        assert (told(stranger), told(client)) == ({302}, {302})
        Document.objects.update(audience_kind="own")
        assert (told(stranger), told(client)) == ({404}, {302})
        factories.end_mandates_of(office)
        assert told(client) == {404}


@BUCKET
def test_a_bucket_that_is_not_there_is_a_sentence_and_costs_no_document(lyon, office, at, caplog):
    document = factories.document(lyon, by=office)
    parts = urlsplit(os.environ["S3_URL"])
    with at(parts._replace(path="/no-such-bucket").geturl()):
        assert files.state(default_storage) == "down"
        with pytest.raises(Unavailable):
            factories.document(lyon, by=office, title="Second")
        background.run_waiting()
        assert fetched(Client(), document.pk)[0].status_code == 404  # not checked yet: nobody else knows of it
    assert "S3_URL: there is no bucket “no-such-bucket” at http" in caplog.text and "Make it" in caplog.text
    assert document.versions.get().state == Version.State.SCANNING
    background.run_waiting(now=clock.now() + timedelta(minutes=1), raising=True)
    assert document.versions.get().state == Version.State.READY


@BUCKET
def test_a_wrong_key_is_a_sentence(lyon, office, at, caplog):
    parts = urlsplit(os.environ["S3_URL"])
    wrong = parts._replace(netloc=f"{parts.username}:not-it@{parts.hostname}:{parts.port}").geturl()
    with at(wrong):
        assert files.state(default_storage) == "down"
        with pytest.raises(Unavailable):
            factories.document(lyon, by=office)
    assert "S3_URL" in caplog.text and "refuses the key" in caplog.text and "not-it" not in caplog.text


def test_the_store_of_another_network_is_left_alone(lyon, office, monkeypatch, caplog):
    """A trial with an empty database and the address of the real files must not cost the real network a single one."""
    theirs = [default_storage.save(f"documents/cd/{number:x}-theirs", ContentFile(b"x")) for number in range(orphans.FEW + 1)]
    try:
        later = clock.now() + timedelta(days=2)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert orphans.sweep(actor=None) == 0
        assert all(default_storage.exists(name) for name in theirs)
        assert "none is removed" in caplog.text
        default_storage.delete(theirs.pop())
        assert orphans.sweep(actor=None) == orphans.FEW
    finally:
        for name in theirs:
            default_storage.delete(name)


@BUCKET
def test_a_refused_upload_is_not_hidden_by_a_bucket_that_rests(lyon, office, at, settings):
    """The city is told why its document was not taken, although the bytes cannot be removed just now."""
    door = Proxy.before(os.environ["S3_URL"])
    listeners = settings.LEDGER_LISTENERS
    settings.LEDGER_LISTENERS = [*listeners, "tests.exchanges.test_store.cut"]
    _doors.append(door)
    try:
        with at(door.url), pytest.raises(Conflict):
            factories.document(lyon, by=office)
        assert not Document.objects.exists()
    finally:
        _doors.clear()
        door.close()


_doors: list[Proxy] = []


@durable
def cut(event) -> None:
    """A listener that refuses, at the moment at which the bucket goes away."""
    for door in _doors:
        door.cut()
        raise Conflict("Somebody was quicker.")
