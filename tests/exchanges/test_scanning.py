"""The virus scanner as servers are: frozen, cut, restored, mistyped; and a worker that dies in the middle of its work."""

import io
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult

from alliance import background, clock
from alliance.errors import Unavailable
from alliance.ledger.models import Entry
from exchanges.actions import documents
from exchanges.files import scanner
from exchanges.models import Version
from exchanges.queries import documents as queries
from members.models import Notice
from tests import factories
from tests.proxy import Proxy

from . import papers

ROOT = Path(__file__).parents[2]
CLAMD = pytest.mark.service("CLAMD_URL")


@pytest.fixture(autouse=True)
def _untold():
    scanner._told.clear()


def test_a_slow_scanner_that_lives_is_waited_for(clamd, monkeypatch):
    """A large file takes clamd longer than the patience with a silent socket; a PING tells the one from the other."""
    monkeypatch.setattr(scanner, "PATIENCE", 0.3)
    slow = clamd()
    threading.Timer(1.2, slow.go.set).start()
    assert scanner.virus_in(io.BytesIO(b"Trees."), slow.url) == ""


def test_a_scanner_that_lives_and_never_answers_is_given_up(clamd, monkeypatch):
    monkeypatch.setattr(scanner, "PATIENCE", 0.2)
    monkeypatch.setattr(scanner, "IN_ALL", 0.8)
    with pytest.raises(Unavailable):
        scanner.virus_in(io.BytesIO(b"Trees."), clamd().url)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"INSTREAM size limit exceeded. ERROR\0", "Set StreamMaxLength to 25M or more"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n\0", "is not clamd"),
        (b"", "hung up before it gave its verdict"),
        (b"stream: Can't allocate memory ERROR\0", "is not clamd, or clamd is not well"),
    ],
)
def test_the_log_says_what_to_do_and_says_it_once(clamd, caplog, answer, told):
    odd = clamd(answer)
    odd.go.set()
    for _time in range(3):
        with pytest.raises(Unavailable) as refusal:
            scanner.virus_in(io.BytesIO(b"Trees."), odd.url)
        assert "CLAMD_URL" not in str(refusal.value.reason)  # that is for technicians
    said = [record.getMessage() for record in caplog.records if record.name == "alliance.files"]
    assert len(said) == 1 and said[0].startswith("CLAMD_URL: ") and told in said[0]


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.sock", "http://127.0.0.1", "tcp://h:port"])
def test_a_wrong_address_names_its_variable(url, caplog):
    with pytest.raises(Unavailable):
        scanner.virus_in(io.BytesIO(b"Trees."), url)
    assert "CLAMD_URL: the scanner does not answer (" in caplog.text and "Correct the address" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("found", "code"), [("Heuristics.Limits.Exceeded.MaxFileSize", "too_large_unpacked"), ("Win.Test.EICAR_HDB-1", "virus")]
)
def test_the_reason_is_the_scanners_own(clamd, settings, caplog, found, code):
    lyon = factories.city("lyon")
    author = factories.official(lyon)
    document = factories.document(lyon, by=author)
    judge = clamd(f"stream: {found} FOUND\0".encode())
    judge.go.set()
    settings.CLAMD_URL = judge.url
    background.run_waiting()
    row = queries.document_detail(document, "fr", actor=author)
    assert (row["state"], row["reason_code"]) == ("quarantined", code) and row["reason"].endswith(".")
    assert found in caplog.text
    assert Notice.objects.filter(person=author, name="document.quarantined").count() == 1


@CLAMD
@pytest.mark.django_db
def test_files_wait_for_a_scanner_that_rests_and_are_taken_up_when_it_is_back(settings, impatient):
    lyon = factories.city("lyon")
    author = factories.official(lyon)
    with Proxy.before(os.environ["CLAMD_URL"]) as door:
        settings.CLAMD_URL = door.url
        assert scanner.state() == "ok"
        later = clock.now()
        for number, (harm, heal) in enumerate(((door.freeze, door.thaw), (door.cut, door.restore))):
            good = factories.document(lyon, by=author)
            bad = factories.document(lyon, by=author, upload=factories.file(papers.EICAR, "note.txt"))
            harm()
            with impatient():
                background.run_waiting(now=later)
                assert set(Version.objects.filter(document__in=[good, bad]).values_list("state", flat=True)) == {"scanning"}
                assert scanner.state() == "down"
            assert good.pk not in set(queries.documents_visible_to(None).values_list("pk", flat=True))
            heal()
            later += timedelta(minutes=1)
            background.run_waiting(now=later)
            assert (good.versions.get().state, bad.versions.get().reason) == ("ready", "virus")
            assert Entry.objects.filter(name="document.ready").count() == number + 1
            assert Notice.objects.filter(name="document.quarantined").count() == number + 1


@pytest.mark.django_db
def test_a_file_whose_own_task_was_given_up_is_looked_at_again(clamd, settings, monkeypatch):
    lyon = factories.city("lyon")
    version = factories.document(lyon, by=factories.official(lyon)).versions.get()
    DBTaskResult.objects.all().delete()
    judge = clamd()
    judge.go.set()
    settings.CLAMD_URL = judge.url
    assert documents.check_overdue(actor=None) == 0  # it has a task of its own still
    later = clock.now() + documents.OVERDUE + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    assert documents.check_overdue(actor=None) == 0
    assert Version.objects.get(pk=version.pk).state == "scanning"
    settings.CLAMD_URL = judge.url
    assert documents.check_overdue(actor=None) == 1
    assert Version.objects.get(pk=version.pk).state == "ready"


@CLAMD
def test_a_connection_that_breaks_in_the_middle_is_no_verdict():
    with Proxy.before(os.environ["CLAMD_URL"]) as door:

        class Breaking(io.BytesIO):
            def read(self, size=-1):
                if self.tell() > 1 << 20:
                    door.drop()
                return super().read(size)

        with pytest.raises(Unavailable):
            scanner.virus_in(Breaking(os.urandom(3 << 20)), door.url)
