"""Taking a task, and settling it: done, put off, or given up. Every step is one short transaction.

django-tasks' own worker signals are not sent: its receivers would log each failure a second time.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from traceback import format_exception
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from alliance.database import AWAY
from alliance.errors import Unavailable

from . import bell
from .models import Claim, Setback

log = logging.getLogger("alliance.background")

DELAYS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
ATTEMPTS = len(DELAYS) + 1
PAUSES = (timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=30))  # for a part at rest: who waits for it asks often
PATIENCE = timedelta(days=3)  # how long a task waits for a part at rest before it is given up


def due(now: datetime, *, only: Collection[str] = (), without: Collection[str] = ()) -> QuerySet[DBTaskResult]:
    """The tasks that may be run now, most pressing first, of the queues in `only` (all when empty) less those in `without`."""
    # django-tasks-db writes "no earliest time" as the year 9999.
    tasks = DBTaskResult.objects.filter(Q(run_after=get_date_max()) | Q(run_after__lte=now), status=TaskResultStatus.READY)
    return tasks.filter(_of("queue_name", only, without))


def _of(queue: str, only: Collection[str], without: Collection[str]) -> Q:
    return (Q(**{f"{queue}__in": only}) if only else Q()) & ~Q(**{f"{queue}__in": without})


def claim(worker: str, *, now: datetime | None = None, only: Collection[str] = (), without: Collection[str] = ()) -> Claim | None:
    """Take the most pressing due task for `worker`, or None when there is none. No task is ever in two hands.

    PostgreSQL passes over rows that another worker is taking (SKIP LOCKED); on SQLite an immediate transaction lets one worker
    look at a time. The update compares what was read in either case.
    """
    tasks = due(now or timezone.now(), only=only, without=without)
    if not tasks.exists():  # an idle worker takes no lock
        return None
    with transaction.atomic():
        now = now or timezone.now()
        if connection.features.has_select_for_update_skip_locked:
            tasks = tasks.select_for_update(skip_locked=True)
        task = tasks.first()
        if task is None:
            return None
        seen = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.READY, run_after=task.run_after)
        task.worker_ids = [*task.worker_ids, worker][-2 * ATTEMPTS :]
        if not seen.update(status=TaskResultStatus.RUNNING, started_at=now, worker_ids=task.worker_ids):
            return None
        task.status, task.started_at = TaskResultStatus.RUNNING, now
        return Claim.objects.create(task=task, worker=worker, at=now)


def unawares(worker: str, *, only: Collection[str] = (), without: Collection[str] = ()) -> Claim | None:
    """What `worker` holds of these queues, asked by one who believes to hold nothing.

    A commit whose answer was lost with the connection may have been done: the task is then ours, and waits for us alone.
    """
    return Claim.objects.filter(_of("task__queue_name", only, without), worker=worker).select_related("task").first()


def succeed(held: Claim, value, *, now: datetime | None = None) -> bool:
    """The task is done and returned `value` (JSON). False when it had been taken away from its worker meanwhile."""
    return _settle(
        held,
        status=TaskResultStatus.SUCCESSFUL,
        finished_at=now or timezone.now(),
        return_value=value,
        exception_class_path="",
        traceback="",
    )


def fail(held: Claim, error: BaseException, *, now: datetime | None = None) -> bool:
    """The task raised: put it off, or give it up after ATTEMPTS attempts. Logged with its traceback the first time only."""
    now = now or timezone.now()
    path = f"{type(error).__module__}.{type(error).__qualname__}"
    told: dict[str, Any] = {"exception_class_path": path, "traceback": "".join(format_exception(error))}
    earlier = held.task.setbacks.count()
    resting = error.part if isinstance(error, Unavailable) else "database" if isinstance(error, AWAY) else ""
    if resting and now - held.task.enqueued_at < PATIENCE:
        delay = PAUSES[min(earlier, len(PAUSES) - 1)]
        log.info("%s waits for %s: again in %d s", held.task.task_path, resting, delay.total_seconds())
        return _set_back(held, f"{path}: {error}", now, delay=delay, counts=False, **told)
    failures = held.task.setbacks.filter(counts=True).count()
    known = held.task.exception_class_path == path
    if failures + 1 >= ATTEMPTS:
        log.error("%s (%s) is given up after %d attempts: %s", held.task.task_path, held.task_id, failures + 1, error)
        return _set_back(held, f"{path}: {error}", now, delay=None, **told)
    delay = DELAYS[failures]
    words = "%s (%s) failed, attempt %d of %d, again in %d s: %s"
    facts = (held.task.task_path, held.task_id, failures + 1, ATTEMPTS, delay.total_seconds(), error)
    if known:
        log.warning(words, *facts)
    else:
        log.error(words, *facts, exc_info=error)
    return _set_back(held, f"{path}: {error}", now, delay=delay, **told)


def abandon(held: Claim, *, now: datetime | None = None) -> bool:
    """The task's worker has died: run it again, at once the first time. One that kills each of its workers is given up."""
    now = now or timezone.now()
    failures = held.task.setbacks.filter(counts=True).count()
    log.warning("%s (%s) is taken back from the dead worker %s", held.task.task_path, held.task_id, held.worker)
    delay = None if failures + 1 >= ATTEMPTS else (timedelta(0), *DELAYS)[failures]
    told: dict[str, Any] = {"exception_class_path": "", "traceback": f"The worker {held.worker} died during the task."}
    return _set_back(held, f"worker {held.worker} died", now, delay=delay, **told)


def retry_failed() -> int:
    """Every task that was given up waits again, with all its attempts anew. Returns how many."""
    with transaction.atomic():
        failed = list(DBTaskResult.objects.failed().values_list("pk", flat=True))
        Setback.objects.filter(task__in=failed).delete()
        again = DBTaskResult.objects.filter(pk__in=failed, status=TaskResultStatus.FAILED)
        count = again.update(status=TaskResultStatus.READY, run_after=timezone.now(), finished_at=None)
        transaction.on_commit(bell.ring)
    return count


def _set_back(held: Claim, error: str, now: datetime, *, delay: timedelta | None, counts: bool = True, **told) -> bool:
    if delay is None:
        told |= {"status": TaskResultStatus.FAILED, "finished_at": now, "return_value": None}
    else:
        told |= {"status": TaskResultStatus.READY, "run_after": now + delay}
    return _settle(held, Setback(task_id=held.task_id, at=now, counts=counts, error=error[:2000]), **told)


def _settle(held: Claim, setback: Setback | None = None, **fields) -> bool:
    with transaction.atomic():
        mine, _ = Claim.objects.filter(pk=held.pk).delete()
        if not mine:
            log.warning("%s (%s) had been taken from %s, which seemed dead", held.task.task_path, held.task_id, held.worker)
            return False
        DBTaskResult.objects.filter(pk=held.task_id).update(**fields)
        if setback:
            setback.save(force_insert=True)
    return True
