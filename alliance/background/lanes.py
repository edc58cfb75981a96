"""Running tasks: a lane is one thread that takes them one by one."""

import logging
import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection, connections
from django.utils import translation
from django_tasks.base import TaskContext
from django_tasks.utils import normalize_json

from alliance.errors import Unavailable

from . import bell, claims
from .models import Claim

log = logging.getLogger("alliance.background")

POLL = 0.5  # seconds between two looks, for work that another process enqueued
PAUSE = 2.0  # seconds before what did not answer is tried again: the database, or the part that a lane works for
DOUBT = 30.0  # seconds after a failure of the database in which a commit that we took for failed may turn out to have been done


def run_waiting(*, now: datetime | None = None, raising: bool = False) -> int:
    """See `alliance.background.run_waiting`."""
    count = 0
    while held := claims.claim("run_waiting", now=now):
        settle, error = outcome_of(held, now=now)
        settle()
        count += 1
        if error and raising:
            raise error
    return count


def outcome_of(held: Claim, *, now: datetime | None = None) -> tuple[Callable[[], bool], BaseException | None]:
    """Run the task that is held. Returns what writes its outcome down (to be called until it succeeds), and what it raised."""
    try:
        result = held.task.task_result
        given = (TaskContext(task_result=result), *result.args) if result.task.takes_context else result.args
        # The thread goes from task to task: none inherits the language of the one before.
        with translation.override(settings.LANGUAGE_CODE):
            value = normalize_json(result.task.call(*given, **result.kwargs))
    except (Exception, SystemExit) as error:  # a library's sys.exit() ends the task, not the lane
        failure = _at_rest(error) or error
        return lambda: claims.fail(held, failure, now=now), failure
    return lambda: claims.succeed(held, value, now=now), None


def _at_rest(error: BaseException) -> Unavailable | None:
    """The database went away during the task, which is not the task's fault: a part at rest, like any other."""
    if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
        rests = Unavailable(str(error), part="database")
        rests.__cause__ = error
        return rests
    return None


class Lane(threading.Thread):
    """Takes tasks of some queues until told to stop; then ends the one in hand."""

    def __init__(self, worker: str, *, only: Collection[str] = (), without: Collection[str] = ()):
        super().__init__(name=f"lane {','.join(only) or 'all'} of {worker}", daemon=True)
        self.worker, self.only, self.without = worker, tuple(only), tuple(without)
        self._stopped = threading.Event()
        self._ears = threading.Event()
        self._cut_off = False  # said once, not with every try
        self._in_doubt_until = 0.0

    def stop(self) -> None:
        """Take no further task."""
        self._stopped.set()
        self._ears.set()

    def run(self) -> None:
        bell.hear(self._ears)
        try:
            while not self._stopped.is_set():
                self._ears.clear()
                try:
                    if not self._turn():
                        self._ears.wait(POLL)
                except Exception:  # a lane that ends unseen would leave its queue waiting for ever
                    log.exception("The %s stumbled, and goes on", self.name)
                    self._rest()
        finally:
            bell.leave(self._ears)
            connections.close_all()

    def _turn(self) -> bool:
        """Take one task and run it. False when there was none."""
        close_old_connections()
        try:
            held = self._held()
            self._cut_off = False
        except (DatabaseError, InterfaceError) as error:
            self._in_doubt_until = time.monotonic() + DOUBT
            if not self._cut_off:
                log.error("The %s does not reach the database, and goes on trying: %s", self.name, error)
            self._cut_off = True
            self._rest()
            return False
        if held is None:
            return False
        settle, failure = outcome_of(held)
        while True:
            try:
                settle()
                break
            except (DatabaseError, InterfaceError):
                log.warning("What came of %s could not be written down yet", held.task.task_path)
                if self._rest():
                    return True  # told to stop: the reaper will run it again
        if isinstance(failure, Unavailable) and failure.part in self.only:
            self._stopped.wait(PAUSE)  # the next would meet the same, and thousands may wait
        return True

    def _held(self) -> Claim | None:
        """A task taken, if there is one."""
        if time.monotonic() < self._in_doubt_until:
            held = claims.unawares(self.worker, only=self.only, without=self.without)
            if held is not None:
                return held
        return claims.claim(self.worker, only=self.only, without=self.without)

    def _rest(self) -> bool:
        connections.close_all()
        return self._stopped.wait(PAUSE)
