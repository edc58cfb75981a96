"""Processes that are killed while a file is on its way: nothing is lost, nothing happens twice, nothing stays behind for ever."""

import os
import signal
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django_tasks_db.models import DBTaskResult

from alliance import clock
from alliance.ledger.actions import durable
from alliance.ledger.models import Entry
from exchanges.actions import orphans
from exchanges.models import Document
from members.models.notices import Notice
from tests import factories
from tests.processes import processes, until

from .papers import stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_store():
    """The processes keep files where this run does, so what other tests left there goes first."""
    for name in stored():
        default_storage.delete(name)
    yield
    for name in stored():
        default_storage.delete(name)


@pytest.fixture
def process(tmp_path):
    """`process("manage.py", "worker")`: a process of ours on the test's own database and store."""
    with processes(tmp_path / "said.log") as start:
        yield start


def task_of(version) -> DBTaskResult:
    return next(
        task
        for task in DBTaskResult.objects.filter(task_path="exchanges.tasks.check_version")
        if task.args_kwargs["args"] == [version.pk]
    )


@pytest.mark.parametrize(
    ("answer", "state", "event", "told"),
    [(b"stream: OK\0", "ready", "document.ready", 0), (b"stream: Eicar FOUND\0", "quarantined", "document.quarantined", 1)],
)
def test_a_worker_that_is_killed_during_a_scan_costs_nothing(clamd, process, answer, state, event, told):
    scanner = clamd(answer)
    lyon = factories.city("lyon")
    version = factories.document(lyon, by=factories.official(lyon)).versions.get()
    first = process("manage.py", "worker", "--name", "first", CLAMD_URL=scanner.url)
    until(lambda: scanner.taken)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    version.refresh_from_db()
    assert version.state == "scanning" and task_of(version).status == "RUNNING"
    assert not Entry.objects.filter(name=event).exists()
    scanner.go.set()
    for name in ("second", "third"):
        process("manage.py", "worker", "--name", name, CLAMD_URL=scanner.url)
    until(lambda: task_of(version).status == "SUCCESSFUL")
    version.refresh_from_db()
    assert (version.state, version.scanned, scanner.taken) == (state, True, 2)
    assert Entry.objects.filter(name=event, subject=f"document:{version.document_id}").count() == 1
    assert Notice.objects.filter(subject=f"document:{version.document_id}").count() == told


@durable
def die(event) -> None:
    """A listener at which the process ends, between the store and the commit, as when the power fails."""
    os.kill(os.getpid(), signal.SIGKILL)


DYING = """
import django; django.setup()
from django.conf import settings
settings.LEDGER_LISTENERS = ["tests.exchanges.test_killed.die"]
from members.models import City, User
from tests import factories
factories.document(City.objects.get(), by=User.objects.get())
"""


def test_what_a_killed_upload_leaves_behind_is_swept_away(process, monkeypatch):
    lyon = factories.city("lyon")
    office = factories.official(lyon)
    kept = factories.document(lyon, by=office).versions.get().file.name
    dead = process("-c", DYING)
    assert dead.wait(120) == -signal.SIGKILL
    assert Document.objects.count() == 1
    (left,) = set(stored()) - {kept}
    assert orphans.sweep(actor=None) == 0  # it may be on its way into the database
    later = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert orphans.sweep(actor=None) == 1
    assert not default_storage.exists(left) and default_storage.exists(kept)
