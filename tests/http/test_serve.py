"""`manage.py serve`: one process with pages and worker, that says what it does and closes in good order."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from tests.background import chores
from tests.databases import url_of
from tests.journeys.house import STARTS_WITHIN, free_port
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


def surroundings(data: Path) -> dict[str, str]:
    url = url_of(connection.settings_dict)
    own = {"DATABASE_URL": url, "DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "alliance.settings", "PYTHONPATH": str(ROOT)}
    return os.environ | own


@pytest.fixture
def served(tmp_path):
    started = []

    def serve(*words):
        port = free_port()
        command = [sys.executable, "manage.py", "serve", "--port", str(port), *words]
        with (tmp_path / "words").open("w") as said:
            process = subprocess.Popen(command, cwd=ROOT, env=surroundings(tmp_path), stdout=said, stderr=subprocess.STDOUT)
        started.append(process)
        deadline = time.monotonic() + STARTS_WITHIN
        while "is open at" not in (words := (tmp_path / "words").read_text()):
            assert process.poll() is None and time.monotonic() < deadline, words
            time.sleep(0.05)
        return process, port

    yield serve
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def get(port, path):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path)
    answer = line.getresponse()
    told = answer.status, answer.headers, answer.read()
    line.close()
    return told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_works_and_closes_in_good_order(served, tmp_path, number):
    process, port = served()
    status, headers, body = get(port, "/livez")
    assert (status, body) == (200, b"ok\n") and headers["Server"] is None
    result = chores.last_until.enqueue(str(tmp_path / "trace"), str(tmp_path / "sign"))
    until((tmp_path / "trace").exists)
    process.send_signal(number)
    until(lambda: "Ending the task in hand" in (tmp_path / "words").read_text())
    (tmp_path / "sign").touch()
    assert process.wait(60) == 0
    assert DBTaskResult.objects.get(pk=result.id).status == "SUCCESSFUL"
    words = (tmp_path / "words").read_text()
    assert f"http://localhost:{port}/" in words and words.endswith("Closed.\n") and "Traceback" not in words


def test_without_a_worker_tasks_wait_for_another_process(served, tmp_path):
    _process, port = served("--no-worker")
    result = chores.note.enqueue(str(tmp_path / "trace"), "x")
    assert get(port, "/livez")[0] == 200
    time.sleep(1.0)
    assert DBTaskResult.objects.get(pk=result.id).status == "READY"


@pytest.mark.parametrize("port", ["taken", "70000"])
def test_a_port_that_cannot_be_had_is_refused_with_a_sentence(tmp_path, port):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1]) if port == "taken" else port
        command = [sys.executable, "manage.py", "serve", "--port", number]
        ended = subprocess.run(command, cwd=ROOT, env=surroundings(tmp_path), capture_output=True, text=True, timeout=120)
    assert_refused(ended, number)


def assert_refused(ended, number):
    assert ended.returncode == 1
    assert number in ended.stderr and "Set PORT to another number" in ended.stderr and "Traceback" not in ended.stderr


BESIDE = """
import django
from django.core.management import execute_from_command_line

django.setup()
from alliance import database
from alliance.founding.management.commands.serve import taken

other, level = taken("127.0.0.1", 0), database.check_level
port = str(other.getsockname()[1])
database.check_level = lambda: (level(), other.listen(1))
print(port, flush=True)
execute_from_command_line(["manage.py", "serve", "--no-worker", "--port", port])
"""


def test_of_two_that_begin_at_one_time_the_second_is_refused_with_a_sentence(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", BESIDE], cwd=ROOT, env=surroundings(tmp_path), capture_output=True, text=True, timeout=120
    )
    assert_refused(ended, ended.stdout.split()[0])


def test_who_comes_while_it_begins_is_refused_at_once(tmp_path):
    """A proxy then asks the next server. Kept waiting, a reader would wait for as long as the beginning takes."""
    with socket.create_server(("127.0.0.1", 0)) as database:
        port = free_port()
        silent = {"DATABASE_URL": f"postgresql://alliance@127.0.0.1:{database.getsockname()[1]}/alliance"}
        command = [sys.executable, "manage.py", "serve", "--no-worker", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=surroundings(tmp_path) | silent, stderr=subprocess.DEVNULL)
        try:
            database.settimeout(STARTS_WITHIN)
            asked, _address = database.accept()  # the place is taken before the database is asked
            with asked, pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=2)
            assert process.poll() is None, "it ended before it was asked"
        finally:
            process.kill()
            process.wait()
