"""The version key: one number that every recorded change of the alliance moves. Pages and ETags are as old as it says."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import blake2b

from django.conf import settings
from django.db import close_old_connections, connection, connections

from alliance.pulse import pulse

log = logging.getLogger("alliance.http")

FRESH = 0.5  # seconds for which what was read is believed; changes made in this process are seen at once
BREATH = 5.0  # seconds before a database that did not answer is asked again; known pages are served meanwhile

# Not the newest id alone: ids are given out before the commit, so that a later commit may bring a smaller id (PostgreSQL). The
# sum of the newest ids grows with every entry that becomes visible among them, late or not.
_NEWEST = "SELECT COALESCE(SUM(id), 0) FROM (SELECT id FROM ledger_entry ORDER BY id DESC LIMIT 256) AS newest"


def read() -> int:
    """The version now, from the database, on the calling thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        return int(cursor.fetchone()[0])


@cache
def release() -> str:
    """A short name for the code that runs: pages made by other templates are other pages."""
    newest = max(
        (file.stat().st_mtime_ns for part in ("alliance", "api", "exchanges", "frontend", "members")
         for kind in ("*.py", "*.html", "*.mo") for file in (settings.BASE_DIR / part).rglob(kind)),
        default=0,
    )  # fmt: skip
    return blake2b(f"{settings.VERSION} {newest}".encode(), digest_size=4).hexdigest()


def version_key() -> str:
    """The version of everything that is recorded, as a word for an ETag: one indexed query, exact at the time of asking."""
    return f"{read():x}-{release()}"


class Versions:
    """The version as the page cache of this process knows it: read at most once in FRESH seconds, or after a change made here."""

    def __init__(self):
        self.known: int | None = None
        self.until = 0.0  # when `known` is to be asked for again, on the monotonic clock
        self._forgotten = 0
        self._reading: asyncio.Future | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="version")

    def forget(self) -> None:
        """Something changed: read again before the next page. May be called from any thread."""
        self._forgotten += 1
        self.until = 0.0

    def believed(self) -> bool:
        """Whether `known` may be relied on without asking."""
        return time.monotonic() < self.until

    async def current(self) -> int | None:
        """The version, asked for in a thread when it is no longer believed. None until the database has answered once."""
        for _try in range(3):  # a reading under way may have begun before the change that is asked about
            if self.believed():
                break
            if self._reading is None or self._reading.get_loop() is not asyncio.get_running_loop():
                self._reading = asyncio.get_running_loop().run_in_executor(self._thread, self.refresh)
                self._reading.add_done_callback(self._have_read)
            await asyncio.shield(self._reading)
        return self.known

    def refresh(self) -> int | None:
        """Read the version on the calling thread."""
        if self.believed():
            return self.known
        forgotten = self._forgotten
        close_old_connections()
        try:
            known: int | None = read()
            life = FRESH
        except Exception as error:  # whatever the driver raises: a page that is known is better than none
            if not pulse.resting:  # said once
                log.warning("The database does not tell its version: %s", error)
            connection.close()
            known, life = self.known, FRESH if pulse.resting else BREATH  # with its pulse felt, asking in vain costs nothing
        self.known = known
        # What was read while somebody changed something may be the state before.
        self.until = time.monotonic() + life if forgotten == self._forgotten else 0.0
        return known

    def close(self) -> None:
        """Give the database connection back; the next reading opens another."""
        self._thread.submit(connections.close_all).result()

    def _have_read(self, _future) -> None:
        self._reading = None


versions = Versions()


def forget_pages(_event) -> None:
    """Ledger listener, on commit: what this process made of the state before is not shown again."""
    versions.forget()
