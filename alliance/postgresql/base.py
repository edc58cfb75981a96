"""The name of this file is Django's: an ENGINE is a package with a module `base`."""

import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from alliance.pulse import KNOCK, pulse

T = TypeVar("T")

SILENT = "the database does not answer"


def heeding(waits: Generator[Any, Any, T], leave: Callable[[], object]) -> Generator[Any, Any, T]:
    """A driver's wait, which the driver resumes with 0 ten times a second while nothing comes. Ends it when the pulse is lost."""
    begun = heard = time.monotonic()
    if pulse.lost(0.0, 0.0):
        leave()
        raise psycopg.OperationalError(SILENT)
    try:
        wanted = next(waits)
        while True:
            ready = yield wanted
            now = time.monotonic()
            if ready:
                heard = now
            elif pulse.lost(now - heard, now - begun):
                leave()
                raise psycopg.OperationalError(SILENT)
            elif now - heard > KNOCK:  # it is only slow, and was asked
                heard = now
            wanted = waits.send(ready)
    except StopIteration as done:
        return done.value


class Connection(psycopg.Connection):
    """One that does not wait for a database without a pulse: it closes itself instead, so that no later word is misunderstood."""

    def wait(self, gen, *given: Any, **named: Any):
        return super().wait(heeding(gen, self.pgconn.finish) if pulse.watched else gen, *given, **named)

    @classmethod
    def _connect_gen(cls, conninfo: str = ""):
        return heeding(super()._connect_gen(conninfo), lambda: None)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with our connection."""

    def get_new_connection(self, conn_params):
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            return Connection.connect(**conn_params)
        finally:
            pulse.feel()
