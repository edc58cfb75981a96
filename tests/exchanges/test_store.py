"""The store of files: a folder or a bucket, and what people are told when it does not answer."""

import os
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.test.utils import override_settings

from alliance import background, clock, files
from alliance.errors import Unavailable
from exchanges.actions import orphans
from exchanges.models import Document, Version
from tests import factories
from tests.proxy import Proxy

pytestmark = pytest.mark.django_db
BUCKET = pytest.mark.service("S3_URL")


def stored() -> list[str]:
    try:
        folders = default_storage.listdir("documents")[0]
    except FileNotFoundError:
        return []
    return [f"documents/{folder}/{name}" for folder in folders for name in default_storage.listdir(f"documents/{folder}")[1]]


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
    try:
        assert orphans.sweep(actor=None) == 0, "it may be on its way into the database"
        later = clock.now() + timedelta(days=1, minutes=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert orphans.sweep(actor=None) >= 1
        assert not default_storage.exists(orphan) and default_storage.exists(kept.file.name)
    finally:
        default_storage.delete(kept.file.name)


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
    import urllib.request

    with at(os.environ["S3_URL"] + "?redirect=1"):
        document = factories.document(lyon, by=office, audience={"kind": "own"})
        background.run_waiting(raising=True)
        assert Client().get(f"/api/v1/documents/{document.pk}/content/").status_code == 404
        client = Client()
        client.force_login(office, backend="allauth.account.auth_backends.AuthenticationBackend")
        answer, _body = fetched(client, document.pk)
        assert answer.status_code == 302 and "no-store" in answer["Cache-Control"]
        assert "X-Amz-Expires=60" in answer["Location"]
        with urllib.request.urlopen(answer["Location"], timeout=5) as led:
            assert led.read() == b"Trees and open gates.\n" and led.headers["Content-Disposition"].startswith("attachment")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(answer["Location"].replace("X-Amz-Expires=60", "X-Amz-Expires=6000"), timeout=5)


@BUCKET
def test_a_frozen_bucket_holds_nobody_and_nothing_is_lost(lyon, office, at):
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


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/misread", "http://key:secret@127.0.0.1:1/bucket", "http://127.0.0.1:1"])
def test_a_bucket_that_cannot_be_reached_is_a_sentence(lyon, office, at, url):
    with at(url):
        assert files.state(default_storage) == "down"
        with pytest.raises(Unavailable):
            factories.document(lyon, by=office)
        assert not Document.objects.exists()


@BUCKET
def test_a_bucket_that_is_not_there_is_a_sentence(lyon, office, at, caplog):
    parts = os.environ["S3_URL"].rsplit("/", 2)
    with at(f"{parts[0]}/no-such-bucket"):
        assert files.state(default_storage) == "down"
        with pytest.raises(Unavailable):
            factories.document(lyon, by=office)
    assert "S3_URL" in caplog.text or files._told["state"] == "down"
