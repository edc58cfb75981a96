"""Real workers: processes that are killed, told to stop, or compete; and the one inside the server."""

import os
import signal
import time
from collections import Counter

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from alliance.background import claims, lanes
from alliance.background.models import Claim, Job, Setback, Worker
from alliance.background.worker import WorkerThread
from tests.processes import until

from . import chores

pytestmark = pytest.mark.django_db(transaction=True)


def status_of(result):
    return DBTaskResult.objects.get(pk=result.id).status


def lines(path):
    return path.read_text().split() if path.exists() else []


@pytest.fixture
def embedded():
    thread = WorkerThread()
    thread.start()
    until(lambda: Worker.objects.exists() and thread.worker._lanes)
    # The jobs that are due at the start come one by one, and only then is there nothing to do.
    until(lambda: not Job.objects.filter(due_at__lte=timezone.now()).exists())
    until(lambda: not DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exists())
    yield thread
    assert thread.stop(60)


def test_kill_9_in_mid_task_loses_nothing(workers, tmp_path):
    trace, sign = tmp_path / "trace", tmp_path / "sign"
    result = chores.last_until.enqueue(str(trace), str(sign))
    first = workers("first")
    until(lambda: lines(trace) == ["begun"])
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert status_of(result) == "RUNNING" and Claim.objects.filter(task=result.id).exists()
    sign.touch()
    workers("second")
    until(lambda: status_of(result) == "SUCCESSFUL")
    assert lines(trace) == ["begun", "begun", "ended"]
    assert "died" in Setback.objects.get(task=result.id).error
    assert not Claim.objects.filter(task=result.id).exists()


def test_two_workers_do_a_hundred_tasks_once_each(workers, tmp_path, words):
    trace = tmp_path / "trace"
    for name in ("one", "two"):
        workers(name)
    until(lambda: Worker.objects.count() == 2)
    with transaction.atomic():
        for _each in range(2):  # or one of them might do it all before the other looks
            chores.meet.enqueue(str(tmp_path / "meeting"))
        for number in range(100):
            chores.note.enqueue(str(trace), str(number))
    until(lambda: len(lines(trace)) >= 100)
    until(lambda: not DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exists())
    assert Counter(lines(trace)) == {str(number): 1 for number in range(100)}
    done = DBTaskResult.objects.filter(task_path__startswith=chores.__name__)
    assert {(task.status, len(task.worker_ids)) for task in done} == {("SUCCESSFUL", 1)}
    assert len({task.worker_ids[0] for task in done}) == 2
    assert "Traceback" not in words.read_text()


def test_sigterm_ends_the_task_in_hand_and_takes_no_other(workers, tmp_path, words):
    trace, sign = tmp_path / "trace", tmp_path / "sign"
    result = chores.last_until.enqueue(str(trace), str(sign))
    process = workers("polite")
    until(lambda: lines(trace) == ["begun"])
    left = chores.note.enqueue(str(trace), "left")
    process.send_signal(signal.SIGTERM)
    until(lambda: "ends what is in hand" in words.read_text())
    sign.touch()
    assert process.wait(60) == 0
    assert lines(trace) == ["begun", "ended"]
    assert status_of(result) == "SUCCESSFUL" and status_of(left) == "READY"
    assert not Worker.objects.exists()
    assert "has stopped" in words.read_text()


def test_an_idle_worker_stops_at_once_and_a_second_signal_does_not_wait(workers, tmp_path, words):
    idle = workers("idle")
    until(lambda: "at work" in words.read_text() and Worker.objects.exists())
    begun = time.monotonic()
    idle.send_signal(signal.SIGINT)
    until(lambda: "has stopped" in words.read_text())
    assert time.monotonic() - begun < 3  # without what the interpreter takes to end
    assert idle.wait(60) == 0
    chores.last_until.enqueue(str(tmp_path / "trace"), str(tmp_path / "never"))
    busy = workers("busy")
    until(lambda: lines(tmp_path / "trace") == ["begun"])
    busy.send_signal(signal.SIGTERM)
    until(lambda: words.read_text().count("ends what is in hand") == 2)  # sooner, two signals could become one
    time.sleep(0.3)
    assert busy.poll() is None
    busy.send_signal(signal.SIGTERM)
    assert busy.wait(60) == 1


def test_a_commit_wakes_the_worker_of_the_same_process(embedded, tmp_path, monkeypatch):
    monkeypatch.setattr(lanes, "POLL", 60.0)
    time.sleep(0.7)  # all lanes now wait with the long poll: only the bell can wake them
    trace = tmp_path / "trace"
    with transaction.atomic():
        chores.note.enqueue(str(trace), "x")
        time.sleep(0.2)
        assert not trace.exists()  # not before the commit
    until(lambda: lines(trace) == ["x"], 30)


@pytest.mark.parametrize("queue", ["files", "search"])
def test_a_slow_file_or_search_engine_does_not_keep_the_others_waiting(embedded, tmp_path, queue):
    trace = tmp_path / "trace"
    slow = chores.wait_for.using(queue_name=queue).enqueue(str(trace), 90)
    until(lambda: status_of(slow) == "RUNNING", 60)
    chores.note.enqueue(str(trace), "overtook")  # is what the slow one waits for
    until(lambda: status_of(slow) == "SUCCESSFUL", 60)


@pytest.mark.parametrize("only, tried", [(["search"], 1), ([], 3)])
def test_while_a_part_rests_the_lane_that_works_for_it_rests_too(monkeypatch, only, tried):
    """Thousands of tasks may wait for it: each would be taken, refused and put off, for nothing."""
    monkeypatch.setattr(lanes, "PAUSE", 60.0)
    for _task in range(3):
        chores.find_search_resting.using(queue_name="search").enqueue()
    lane = lanes.Lane("one", only=only)
    lane.start()
    until(lambda: Setback.objects.count() == tried)
    time.sleep(0.7)
    assert Setback.objects.count() == tried
    lane.stop()
    lane.join(5)
    assert not lane.is_alive()


def test_the_embedded_worker_stops_with_the_server_and_says_when_it_cannot(tmp_path):
    thread = WorkerThread()
    thread.start()
    chores.last_until.enqueue(str(tmp_path / "trace"), str(tmp_path / "sign"))
    until(lambda: lines(tmp_path / "trace") == ["begun"])
    assert thread.stop(timeout=0.2) is False
    (tmp_path / "sign").touch()
    thread.join(60)
    assert lines(tmp_path / "trace") == ["begun", "ended"]
    assert not thread.is_alive() and not Worker.objects.exists()


def test_a_task_taken_by_a_commit_whose_answer_was_lost_is_done_once(embedded, tmp_path, monkeypatch):
    taken = []

    def claim(*given, real=claims.claim, **more):
        held = real(*given, **more)
        if held is not None and not taken:
            taken.append(held.pk)
            raise OperationalError("server closed the connection unexpectedly")
        return held

    monkeypatch.setattr(claims, "claim", claim)
    result = chores.note.enqueue(str(tmp_path / "trace"), "x")
    until(lambda: status_of(result) == "SUCCESSFUL")
    assert taken and lines(tmp_path / "trace") == ["x"]
    assert not Claim.objects.exists() and not Setback.objects.exists()


@pytest.mark.service("DATABASE_URL")
def test_a_worker_whose_connections_are_cut_goes_on(embedded, tmp_path):
    def others(what: str) -> int:
        """What is asked of every connection to this database but our own; how many they are."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count({what}) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0]

    until(lambda: others("pid") >= 1 + len(embedded.worker._lanes))  # each lane has looked for work
    assert others("pg_terminate_backend(pid)") >= 1 + len(embedded.worker._lanes)
    chores.note.enqueue(str(tmp_path / "trace"), "x")
    until(lambda: lines(tmp_path / "trace") == ["x"])
    assert embedded.is_alive() and Worker.objects.exists()


def test_a_task_that_wants_to_end_the_process_ends_only_itself(embedded, tmp_path):
    result = chores.leave.enqueue()
    until(lambda: Setback.objects.filter(task=result.id).exists())
    chores.note.enqueue(str(tmp_path / "trace"), "x")
    until(lambda: lines(tmp_path / "trace") == ["x"])
