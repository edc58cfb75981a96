"""A worker: lanes that run tasks, and around them heartbeat, reaper and schedule."""

import logging
import queue
import secrets
import threading
import time

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from . import presence, schedule
from .lanes import Lane

log = logging.getLogger("alliance.background")

REAP = 60.0  # seconds between two looks for dead workers
TICK = 1.0  # seconds between two looks at the schedule
# Scanning a file takes minutes, and a search engine that rests leaves a long queue behind: letters wait for neither.
APART = ("files", "search")


class Worker:
    """Runs tasks until `stop()`, in one lane for each queue apart and one for all others.

    `name` is for people; a suffix makes it unlike any other.
    """

    def __init__(self, name: str = "worker"):
        self.name = f"{name[:48]}-{secrets.token_hex(4)}"
        # A signal handler may not take a lock that its own thread holds: SimpleQueue.put is safe there, Event.set is not.
        self._wishes: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lanes: list[Lane] = []
        self._next_beat = self._next_reap = 0.0
        self._prepared = self._cut_off = False

    def stop(self) -> None:
        """Take no further task; `run` returns when those in hand are done. May be called by a signal handler."""
        self._wishes.put("stop")

    def run(self) -> None:
        """Work until `stop()`, through any failure of the database."""
        try:
            self._keep()
            while not self._told_to_stop():
                self._keep()
            for lane in self._lanes:
                lane.stop()
            log.info("The worker %s takes no further task, and ends what is in hand", self.name)
            while any(lane.is_alive() for lane in self._lanes):
                self._keep(closing=True)  # a long task's worker must not seem dead
                for lane in self._lanes:
                    lane.join(TICK / 2)
            self._leave()
        finally:
            for lane in self._lanes:
                lane.stop()
            connections.close_all()

    def _told_to_stop(self) -> bool:
        try:
            return bool(self._wishes.get(timeout=TICK))
        except queue.Empty:
            return False

    def _keep(self, *, closing: bool = False) -> None:
        """What is due besides tasks: heartbeat, reaper, schedule. The lanes start after the first heartbeat."""
        moment = time.monotonic()
        try:
            close_old_connections()
            if moment >= self._next_beat:
                presence.beat(self.name)
                self._next_beat = moment + presence.BEAT.total_seconds()
            if closing:
                return
            if moment >= self._next_reap:
                presence.reap()
                self._next_reap = moment + REAP
            if not self._prepared:
                schedule.prepare()
                self._prepared = True
                self._open()
            schedule.enqueue_due()
            self._cut_off = False
        except (DatabaseError, InterfaceError) as error:
            if not self._cut_off:
                log.error("The worker %s does not reach the database, and goes on trying: %s", self.name, error)
            self._cut_off = True
            connections.close_all()

    def _open(self) -> None:
        self._lanes = [Lane(self.name, without=APART), *(Lane(self.name, only=[queue]) for queue in APART)]
        for lane in self._lanes:
            lane.start()

    def _leave(self) -> None:
        try:
            presence.leave(self.name)
        except (DatabaseError, InterfaceError):
            log.warning("The worker %s left without a word: the database does not answer", self.name)


class WorkerThread(threading.Thread):
    """A worker inside the server's own process: the embedded default."""

    def __init__(self, name: str = "embedded"):
        super().__init__(name="worker", daemon=True)
        self.worker = Worker(name)

    def run(self) -> None:
        try:
            self.worker.run()
        except Exception:
            log.exception("The embedded worker has stopped")

    def stop(self, timeout: float = 10.0) -> bool:
        """End in good order. False when a task still runs after `timeout` seconds: the next worker will run it again."""
        self.worker.stop()
        if self.is_alive():
            self.join(timeout)
        return not self.is_alive()
