"""Processes that are killed while a file is on its way: nothing is lost, nothing happens twice, nothing stays behind for ever."""

import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django_tasks_db.models import DBTaskResult

from alliance import clock
from alliance.ledger.actions import durable
from alliance.ledger.models import Entry
from exchanges.actions import orphans
from exchanges.models import Document
from members.models.notices import Notice
from tests import factories
from tests.background.conftest import ROOT, until
from tests.databases import url_of

pytestmark = pytest.mark.django_db(transaction=True)


class Scanner(threading.Thread):
    """Stands where clamd would: takes whole files, and says nothing of them until `verdict` is there."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self.door.getsockname()[1]}"
        self.taken, self.verdict = 0, b""

    def run(self) -> None:
        while True:
            try:
                line, _address = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[line], daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as stream:
            if not stream.read(10).startswith(b"zINSTREAM"):
                return
            while size := int.from_bytes(stream.read(4)):
                stream.read(size)
            self.taken += 1
            if self.verdict:
                line.sendall(self.verdict)
            else:
                stream.read(1)  # until whoever asked is gone


def stored() -> list[str]:
    try:
        folders = default_storage.listdir("documents")[0]
    except FileNotFoundError:
        return []
    return [f"documents/{folder}/{name}" for folder in folders for name in default_storage.listdir(f"documents/{folder}")[1]]


@pytest.fixture(autouse=True)
def _empty_store():
    """The processes keep files where this run does, so what other tests left there goes first."""
    for name in stored():
        default_storage.delete(name)
    yield
    for name in stored():
        default_storage.delete(name)


@pytest.fixture
def scanner():
    held = Scanner()
    held.start()
    yield held
    held.door.close()


@pytest.fixture
def process(tmp_path):
    """`process("worker")`: a process of ours on the test's own database and store; those left are killed at the end."""
    started = []
    surroundings = os.environ | {
        "DATABASE_URL": url_of(connection.settings_dict),
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
        "PYTHONPATH": str(ROOT),
    }

    def start(*words: str, **more: str) -> subprocess.Popen:
        with (tmp_path / "said.log").open("ab") as said:
            command = [sys.executable, "-u", *words]
            started.append(subprocess.Popen(command, cwd=ROOT, env=surroundings | more, stdout=said, stderr=said))
        return started[-1]

    yield start
    for each in started:
        if each.poll() is None:
            each.kill()
        each.wait()


def task_of(version) -> DBTaskResult:
    return next(
        task
        for task in DBTaskResult.objects.filter(task_path="exchanges.tasks.check_version")
        if task.args_kwargs["args"] == [version.pk]
    )


@pytest.mark.parametrize(
    ("verdict", "state", "event", "told"),
    [(b"stream: OK\0", "ready", "document.ready", 0), (b"stream: Eicar FOUND\0", "quarantined", "document.quarantined", 1)],
)
def test_a_worker_that_is_killed_during_a_scan_costs_nothing(scanner, process, verdict, state, event, told):
    lyon = factories.city("lyon")
    version = factories.document(lyon, by=factories.official(lyon)).versions.get()
    first = process("manage.py", "worker", "--name", "first", CLAMD_URL=scanner.url)
    until(lambda: scanner.taken, 60)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    version.refresh_from_db()
    assert version.state == "scanning" and task_of(version).status == "RUNNING"
    assert not Entry.objects.filter(name=event).exists()
    scanner.verdict = verdict
    for name in ("second", "third"):
        process("manage.py", "worker", "--name", name, CLAMD_URL=scanner.url)
    until(lambda: task_of(version).status == "SUCCESSFUL", 60)
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
    assert dead.wait(60) == -signal.SIGKILL
    assert Document.objects.count() == 1
    (left,) = set(stored()) - {kept}
    assert orphans.sweep(actor=None) == 0  # it may be on its way into the database
    later = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert orphans.sweep(actor=None) == 1
    assert not default_storage.exists(left) and default_storage.exists(kept)
