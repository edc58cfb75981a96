"""A worker that dies takes nothing with it; one that only seemed dead overwrites nothing."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from alliance import background
from alliance.background import claims, presence
from alliance.background.models import Claim, Setback, Worker

from . import chores

pytestmark = pytest.mark.django_db


def test_a_silent_worker_s_task_is_taken_back_and_its_late_result_refused(tmp_path):
    now = timezone.now()
    result = chores.note.enqueue(str(tmp_path / "notes"), "x")
    presence.beat("slow", now=now)
    held = claims.claim("slow", now=now)
    assert presence.reap(now=now + presence.SILENCE - timedelta(seconds=1)) == 0
    assert presence.reap(now=now + presence.SILENCE + timedelta(seconds=1)) == 1
    assert not Worker.objects.exists() and not Claim.objects.exists()
    assert DBTaskResult.objects.get(pk=result.id).status == "READY"
    assert not claims.succeed(held, "too late")
    assert DBTaskResult.objects.get(pk=result.id).return_value is None
    again = claims.claim("other", now=now + timedelta(minutes=1))
    assert not claims.fail(held, ValueError("too late"))  # nor does it disturb the one who holds it now
    assert Claim.objects.get() == again


def test_a_dead_process_is_known_at_once_and_a_living_one_is_left_alone():
    presence.beat("here")
    presence.beat("gone")
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    Worker.objects.filter(name="gone").update(pid=child)
    assert presence.living() == ["here"]


def test_the_same_pid_of_another_process_is_not_the_same_worker():
    presence.beat("reborn")
    Worker.objects.update(birth="1")
    assert presence.living() == []
    Worker.objects.update(place="another machine")
    assert presence.living() == ["reborn"]  # there only the heartbeat can tell


def test_a_task_that_kills_its_workers_is_given_up(tmp_path):
    result = chores.note.enqueue(str(tmp_path / "notes"), "deadly")
    now = timezone.now()
    for _death in range(claims.ATTEMPTS):
        assert claims.claim("doomed", now=now)
        assert presence.reap(now=now) == 1
        now += timedelta(minutes=11)
    task = DBTaskResult.objects.get(pk=result.id)
    assert task.status == "FAILED" and "died" in task.traceback
    assert Setback.objects.count() == claims.ATTEMPTS
    assert background.run_waiting(now=now) == 0


def test_the_first_death_costs_no_time(tmp_path):
    chores.note.enqueue(str(tmp_path / "notes"), "x")
    now = timezone.now()
    claims.claim("doomed", now=now)
    presence.reap(now=now)
    assert background.run_waiting(now=now) == 1


def test_a_worker_forgotten_while_it_stalled_is_known_again():
    now = timezone.now()
    presence.beat("stalled", now=now - timedelta(minutes=5))
    presence.reap(now=now)
    presence.beat("stalled", now=now)
    presence.beat("stalled", now=now)
    assert presence.living(now=now) == ["stalled"]
    presence.leave("stalled")
    assert not Worker.objects.exists()
