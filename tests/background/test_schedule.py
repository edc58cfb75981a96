"""Repeated tasks: when they are due, and that of several workers only one begins them."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from alliance import background
from alliance.background import schedule, tasks
from alliance.background.models import Job

from . import chores

SWEEP = "tests.background.chores.sweep"
NOON = datetime(2027, 3, 10, 12, 0, 30, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("* * * * *", "2027-03-10 12:01"),
        ("*/15 * * * *", "2027-03-10 12:15"),
        ("0 3 * * *", "2027-03-11 03:00"),
        ("30 2 1 * *", "2027-04-01 02:30"),
        ("0 9 * * 1-5", "2027-03-11 09:00"),
        ("0 0 * * 0", "2027-03-14 00:00"),
        ("0 0 * * 7", "2027-03-14 00:00"),
        ("0 0 13 * 5", "2027-03-12 00:00"),
        ("5,50 8-20/6 * * *", "2027-03-10 14:05"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
    ],
)
def test_cron_names_the_next_moment(rule, expected):
    assert schedule.Cron(rule).after(NOON).strftime("%Y-%m-%d %H:%M") == expected


@pytest.mark.parametrize(
    "rule", ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "a * * * *", "*/0 * * * *", "9-3 * * * *", "-1 * * * *"]
)
def test_a_rule_that_means_nothing_is_refused_when_declared(rule):
    with pytest.raises(ValueError, match="“"):
        schedule.Cron(rule)


def test_a_day_that_never_comes_is_refused():
    with pytest.raises(ValueError, match="never"):
        schedule.Cron("0 0 31 2 *").after(NOON)


@pytest.mark.django_db
def test_a_job_is_begun_when_due_and_not_doubled_while_it_waits():
    now = timezone.now()
    schedule.prepare(now=now)
    assert SWEEP in schedule.enqueue_due(now=now)
    assert SWEEP not in schedule.enqueue_due(now=now)
    later = now + timedelta(minutes=5)
    assert SWEEP not in schedule.enqueue_due(now=later)  # due, but the first still waits
    background.run_waiting()
    assert SWEEP not in schedule.enqueue_due(now=later)
    assert SWEEP in schedule.enqueue_due(now=later + timedelta(seconds=60))  # five missed runs are made up for once
    assert DBTaskResult.objects.filter(task_path=SWEEP).count() == 2


@pytest.mark.django_db
def test_a_job_whose_rule_has_changed_begins_anew_and_others_keep_their_time():
    now = timezone.now()
    schedule.prepare(now=now)
    Job.objects.filter(name=SWEEP).update(rule="0 0 29 2 *", due_at=now + timedelta(days=900))
    kept = Job.objects.get(name="alliance.background.tasks.prune").due_at
    schedule.prepare(now=now + timedelta(minutes=1))
    assert Job.objects.get(name=SWEEP).due_at == now + timedelta(minutes=1)
    assert Job.objects.get(name="alliance.background.tasks.prune").due_at == kept


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_begin_a_job_once():
    now = timezone.now()
    schedule.prepare(now=now)
    together = threading.Barrier(4)
    begun = []

    def work():
        together.wait()
        begun.extend(schedule.enqueue_due(now=now))
        connection.close()

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert begun.count(SWEEP) == 1
    assert DBTaskResult.objects.filter(task_path=SWEEP).count() == 1


@pytest.mark.django_db
def test_old_results_are_forgotten_and_failures_kept_longer(tmp_path):
    old, fresh = (chores.note.enqueue(str(tmp_path / "notes"), "x") for _task in range(2))
    background.run_waiting()
    failed = chores.stumble.enqueue("x")
    waiting = chores.stumble.enqueue("x")
    now = timezone.now()
    DBTaskResult.objects.filter(pk=old.id).update(finished_at=now - timedelta(days=2))
    DBTaskResult.objects.filter(pk=failed.id).update(status="FAILED", finished_at=now - timedelta(days=2))
    assert tasks.prune.call() == 1
    assert {str(pk) for pk in DBTaskResult.objects.values_list("pk", flat=True)} == {fresh.id, failed.id, waiting.id}
    DBTaskResult.objects.filter(pk=failed.id).update(finished_at=now - timedelta(days=31))
    assert tasks.prune.call() == 1
