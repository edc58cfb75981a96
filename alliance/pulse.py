"""The database's pulse: whether it answers, known by one thread and believed by all others of a server's process.

A driver waits for a database that is frozen as long as for one that is busy. Here whoever has waited KNOCK seconds asks the
pulse, which puts a question of its own on a connection of its own: when that is answered, the wait goes on; when it is not, the
database rests, everybody stops waiting at once, and nobody begins to wait until the pulse is felt again. So a page answers
within 2 s.
"""

import logging
import threading
import time

from django.db import close_old_connections, connection

log = logging.getLogger("alliance.database")

KNOCK = 0.4  # seconds of silence before the pulse is asked
HASTE = 0.5  # seconds that its own question may take
AGAIN = 0.3  # seconds between two questions while the database rests
MOST = 20.0  # seconds that one statement may keep a server's thread waiting at all: as long as SQLite's busy timeout


class Pulse:
    """One a process. Until `watch` is called (commands, worker processes) every thread waits as long as it takes."""

    def __init__(self) -> None:
        self.watched = False
        self.resting = False
        self._own = threading.local()
        self._wish = threading.Event()
        self._told = threading.Condition()
        self._rounds = 0
        self._thread: threading.Thread | None = None

    def watch(self) -> None:
        """From now on nobody in this process waits for a database that does not answer."""
        self.watched = True

    def close(self) -> None:
        """The opposite of `watch`; gives the pulse's own connection back."""
        self.watched = self.resting = False
        thread, self._thread = self._thread, None
        self._wish.set()
        if thread is not None and thread.is_alive():
            thread.join(2 * HASTE)

    def feel(self) -> None:
        """Have the question asked soon, without waiting: a connection was opened for the first time, or was refused."""
        if self.watched and threading.current_thread() is not self._thread:
            self._begin()
            self._wish.set()

    def lost(self, silence: float, waited: float) -> bool:
        """Whether to stop waiting: for a thread that has heard nothing for `silence` seconds, and waits since `waited` in all."""
        if deadline := getattr(self._own, "deadline", 0.0):  # the pulse's own question
            return time.monotonic() > deadline
        if not self.watched:
            return False
        if self.resting or waited > MOST:
            return True
        return silence > KNOCK and not self._answers()

    def _answers(self) -> bool:
        """Whether the database answered a question that was under way or asked now."""
        with self._told:
            before = self._rounds
            self.feel()
            self._told.wait_for(lambda: self._rounds > before, 2 * HASTE)
            return self._rounds > before and not self.resting

    def _begin(self) -> None:
        with self._told:
            if self._thread is None or not self._thread.is_alive():  # never begun, or left behind by a fork
                self._thread = threading.Thread(target=self._keep, name="pulse", daemon=True)
                self._thread.start()

    def _keep(self) -> None:
        me = threading.current_thread()
        while self._thread is me and self.watched:
            if not self.resting:
                self._wish.wait()
            self._wish.clear()
            if self._thread is me and self.watched:
                self._say(self._ask())
            if self.resting:
                time.sleep(AGAIN)
        connection.close()

    def _say(self, answered: bool) -> None:
        with self._told:
            if answered is self.resting:
                log.warning("The database %s", "answers again." if answered else "does not answer: it is asked until it does.")
            self.resting = not answered
            self._rounds += 1
            self._told.notify_all()

    def _ask(self) -> bool:
        self._own.deadline = time.monotonic() + HASTE
        try:
            close_old_connections()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return True
        except Exception:  # noqa: BLE001 - whatever the driver raises, it is no answer
            connection.close()
            return False
        finally:
            self._own.deadline = 0.0


pulse = Pulse()
