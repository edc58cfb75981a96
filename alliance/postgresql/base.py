"""The name of this file is Django's: an ENGINE is a package with a module `base`."""

import re
import time
from collections.abc import Callable, Generator
from functools import lru_cache
from itertools import count
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.types.numeric import Int8

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


class PlanningCursor(psycopg.RawCursor):
    """Sends parameters apart from the statement, which the server plans once. Django's own puts them into it."""

    def execute(self, query, params=None, **more):
        # The driver would tell the size of each number, and of each size there would be a plan.
        return super().execute(_numbered(query), [_wide(param) for param in params or ()], prepare=True, **more)


@lru_cache(maxsize=256)
def _numbered(query: str) -> bytes:
    """The statement with its places as PostgreSQL writes them ($1): the driver would look for them at every execution."""
    places = count(1)
    return re.sub("%[s%]", lambda found: "%" if found[0] == "%%" else f"${next(places)}", query).encode()


def _wide(param):
    return Int8(param) if type(param) is int else param


class DatabaseOperations(base.DatabaseOperations):
    """Django's, which also tell what a PlanningCursor asked: the driver keeps no words of what was planned."""

    def last_executed_query(self, cursor, sql, params):
        if isinstance(cursor, PlanningCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with our connection."""

    ops_class = DatabaseOperations

    def planning_cursor(self):
        """A cursor for statements that are asked again and again."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PlanningCursor(self.connection))

    def get_connection_params(self):
        # The driver keeps plans at all; Django's own cursors ask for none.
        return super().get_connection_params() | {"prepare_threshold": 0}

    def init_connection_state(self):
        super().init_connection_state()
        # Else the server plans for the very numbers each time, and takes longer over it than over the answer.
        self.connection.execute("SET plan_cache_mode = force_generic_plan")

    def get_new_connection(self, conn_params):
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            return Connection.connect(**conn_params)
        finally:
            pulse.feel()
