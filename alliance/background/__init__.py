"""The worker: what is done after the answer is given. django-tasks declares and stores; ours are retries, reaper and schedule.

A task is declared with `django_tasks.task` in an app's `tasks.py`, and `enqueue` writes it in the caller's transaction: when that
is rolled back, the task never was. Tasks are idempotent: a killed worker's task is run again. `every` declares a repeated one.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from .schedule import every

if TYPE_CHECKING:
    from .standing import State

__all__ = ["every", "retry_failed", "run_waiting", "state"]


def run_waiting(*, now: datetime | None = None, raising: bool = False) -> int:
    """Run every due task, and those they enqueue, in the calling thread. Returns how many were run.

    A failing task is put off as a worker would; `raising` lets its exception out instead, after it was written down. `now`
    stands for the present when asking what is due, so that a test meets a retry without waiting for it.
    """
    from .lanes import run_waiting

    return run_waiting(now=now, raising=raising)


def state(*, now: datetime | None = None) -> "State":
    """How the work stands: age in seconds of the oldest due task, counts of waiting, running and failed ones, living workers."""
    from .standing import standing

    return standing(now=now)


def retry_failed() -> int:
    """Put every task that was given up back into the queue, with all its attempts anew. Returns how many."""
    from .claims import retry_failed

    return retry_failed()
