"""A task is done once, put off when it fails, and given up in the end: nothing is lost, nothing is silent."""

import logging
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from alliance import background
from alliance.background import claims
from alliance.background.models import Claim, Setback

from . import chores

pytestmark = pytest.mark.django_db


def status_of(result):
    return DBTaskResult.objects.get(pk=result.id).status


def test_a_task_of_a_rolled_back_transaction_never_was(tmp_path):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        chores.note.enqueue(str(tmp_path / "notes"), "x")
        1 / 0  # noqa: B018
    assert not DBTaskResult.objects.exists()
    assert background.run_waiting() == 0


def test_waiting_tasks_and_those_they_enqueue_are_run_in_order(tmp_path):
    notes = tmp_path / "notes"
    result = chores.note_twice.enqueue(str(notes))
    assert background.run_waiting() == 3
    assert notes.read_text().split() == ["first", "second"]
    assert status_of(result) == "SUCCESSFUL"
    assert not Claim.objects.exists()


def test_the_result_is_kept_and_the_context_given(tmp_path):
    kept = chores.note.enqueue(str(tmp_path / "notes"), "word")
    own = chores.note_own_id.enqueue(str(tmp_path / "ids"))
    background.run_waiting()
    kept.refresh()
    assert kept.return_value == "word"
    assert (tmp_path / "ids").read_text().strip() == str(own.id)


def test_a_failing_task_is_tried_five_times_ever_later_and_then_given_up(caplog):
    result = chores.stumble.enqueue("over a stone")
    now = timezone.now()
    for delay in (5, 30, 120, 600):
        assert background.run_waiting(now=now) == 1
        assert status_of(result) == "READY"
        assert background.run_waiting(now=now + timedelta(seconds=delay - 1)) == 0
        now += timedelta(seconds=delay)
    assert background.run_waiting(now=now) == 1
    task = DBTaskResult.objects.get(pk=result.id)
    assert task.status == "FAILED"
    assert task.exception_class_path == "builtins.LookupError" and "over a stone" in task.traceback
    assert task.setbacks.count() == claims.ATTEMPTS == 5
    assert background.state().failed == 1
    assert background.run_waiting(now=now + timedelta(days=9)) == 0
    traced = [record for record in caplog.records if record.exc_info]
    assert len(traced) == 1 and traced[0].levelno == logging.ERROR
    assert "given up" in caplog.records[-1].getMessage()


def test_what_was_given_up_can_be_tried_again():
    result = chores.stumble.enqueue("x")
    now = timezone.now()
    for _attempt in range(claims.ATTEMPTS):
        background.run_waiting(now=now)
        now += timedelta(minutes=11)
    assert status_of(result) == "FAILED"
    assert background.retry_failed() == 1
    assert not Setback.objects.exists()
    assert background.run_waiting() == 1
    assert status_of(result) == "READY"


@pytest.mark.parametrize("chore", [chores.find_search_resting, chores.find_the_database_resting])
def test_a_part_at_rest_is_waited_for_without_noise_and_without_counting(caplog, chore):
    result = chore.enqueue()
    now = timezone.now()
    for _attempt in range(4 * claims.ATTEMPTS):
        assert background.run_waiting(now=now) == 1
        now += timedelta(minutes=10)
    assert status_of(result) == "READY"
    assert background.state().failed == 0
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
    for _attempt in range(claims.ATTEMPTS):  # but not for ever
        now += claims.PATIENCE
        background.run_waiting(now=now)
    assert status_of(result) == "FAILED"


def test_run_waiting_can_let_the_error_out_after_it_was_written_down():
    result = chores.stumble.enqueue("x")
    with pytest.raises(LookupError):
        background.run_waiting(raising=True)
    assert status_of(result) == "READY" and Setback.objects.count() == 1


def test_tasks_inherit_no_language_and_leave_none(tmp_path):
    for _task in range(2):
        chores.speak_arabic.enqueue(str(tmp_path / "spoken"))
    with translation.override("fr"):
        background.run_waiting()
        assert translation.get_language() == "fr"
    assert (tmp_path / "spoken").read_text().split() == ["en", "en"]


@pytest.mark.parametrize("path", ["tests.background.chores.vanished", "no.such.module", "os.getcwd"])
def test_a_task_whose_function_is_gone_is_put_off_not_fatal(path, tmp_path):
    result = chores.stumble.enqueue("x")
    DBTaskResult.objects.update(task_path=path)
    other = chores.note.enqueue(str(tmp_path / "notes"), "still done")
    assert background.run_waiting() == 2
    assert status_of(result) == "READY" and status_of(other) == "SUCCESSFUL"


def test_a_result_that_is_not_json_is_a_failure_that_says_so():
    result = chores.return_a_set.enqueue()
    background.run_waiting()
    assert "set" in DBTaskResult.objects.get(pk=result.id).traceback


def test_state_tells_the_age_of_the_oldest_due_task_only(tmp_path):
    assert background.state().as_dict() == {"oldest": 0.0, "waiting": 0, "running": 0, "failed": 0, "workers": 0}
    now = chores.note.enqueue(str(tmp_path / "notes"), "soon").enqueued_at
    chores.note.using(run_after=now + timedelta(hours=1)).enqueue(str(tmp_path / "notes"), "later")
    state = background.state(now=now + timedelta(seconds=40))
    assert state.waiting == 1 and abs(state.oldest - 40) < 1
    state = background.state(now=now + timedelta(hours=3))
    assert state.waiting == 2 and abs(state.oldest - 3 * 3600) < 5


def test_queues_keep_to_themselves(tmp_path):
    chores.wait_for.using(queue_name="files").enqueue("/dev/null", 1)
    now = timezone.now()
    assert claims.claim("a", now=now, without=["files"]) is None
    assert claims.claim("a", now=now, only=["letters"]) is None
    held = claims.claim("a", now=now, only=["files"])
    assert held and claims.claim("b", now=now, only=["files"]) is None
