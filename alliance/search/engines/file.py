"""The file of the embedded engine: opened by each thread, written by several processes, swapped while it is read.

`index.sqlite3` is a link to the generation in use, `index.sqlite3.<name>`: a write-ahead log belongs to the name of its file,
so a file in use must never take over another one's name. Writers hold a shared lock on `index.sqlite3.lock`, a swap the
exclusive one: no write falls between two generations.
"""

import fcntl
import logging
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from .tables import SCHEMA, VERSION

log = logging.getLogger("alliance.search")

PATIENCE = 20  # seconds that a writer waits for another one
CACHE = 16_000  # KiB of pages that a connection keeps
TRIES = 5  # a swap may fall between two steps
_BESIDE = ("-wal", "-shm", "-journal")
_KEPT = ("lock", "rebuild", "aside")


class IndexFile:
    """The generations behind one path; usable by any thread of any process."""

    def __init__(self, path: Path):
        self.path = path
        self._here = threading.local()

    # --- using ------------------------------------------------------------------------------------------------------

    def mark(self) -> tuple[int, str] | None:
        """This process and the generation in use; None when there is none."""
        try:
            return os.getpid(), str(self.path.readlink())
        except OSError:  # not a link: no generation of ours
            return None

    @property
    def generation(self):
        """The mark of this thread's connection."""
        return self._here.kept[0]

    def connection(self) -> sqlite3.Connection:
        """This thread's connection to the generation in use. Makes or replaces the file when it has to."""
        kept = getattr(self._here, "kept", None)
        if kept is not None and kept[0] == (mark := self.mark()) and mark is not None:
            return kept[1]
        self._leave()
        for _try in range(TRIES):
            if reason := _fault(self.path):
                with self.alone():
                    if reason := _fault(self.path):  # nobody else has mended it meanwhile
                        self._begin_anew(reason)
            with suppress(FileNotFoundError, sqlite3.OperationalError):  # swapped since
                mark, connection = self.mark(), opened(self.path.resolve(strict=True))
                self._here.kept = (mark, connection)
                return connection
        raise sqlite3.OperationalError(f"{self.path} cannot be opened")

    def _leave(self) -> None:
        kept, self._here.kept = getattr(self._here, "kept", None), None
        if kept is not None and kept[0] and kept[0][0] != os.getpid():
            self._here.inherited = kept  # by a fork: to close it here would drop the parent's locks
        elif kept is not None:
            with suppress(sqlite3.Error):
                kept[1].close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the index, for several questions."""
        connection = self.connection()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One write transaction, all or nothing. A second writer waits for the first."""
        for _try in range(TRIES):
            self.connection()
            with self._locked("lock", fcntl.LOCK_SH):
                kept = self._here.kept
                if kept is None or kept[0] != self.mark():
                    continue
                with transaction(kept[1]):
                    yield kept[1]
                return
        raise sqlite3.OperationalError(f"{self.path} is swapped all the time")

    # --- making -----------------------------------------------------------------------------------------------------

    def set_aside(self, error: Exception, mark) -> None:
        """The generation `mark` showed itself to be corrupt while it was used: keep it apart and begin an empty one."""
        self._leave()
        with self.alone():
            if self.mark() == mark:
                self._begin_anew(str(error))

    def _begin_anew(self, reason: str) -> None:
        """An empty generation in place of an unusable one; in place of a missing one without a word."""
        missing = not self.path.exists()
        if not missing:
            aside = self.path.with_name(f"{self.path.name}.aside")
            old = self.path.resolve()
            _remove_beside(old)
            old.replace(aside)
            log.warning(
                "The search index %s cannot be used (%s). It is kept as %s, and built anew.", self.path, reason, aside.name
            )
        made, connection = self.fresh(whole=missing, built=False)
        connection.close()
        self.take_over(made)

    def fresh(self, *, whole: bool, built: bool) -> tuple[Path, sqlite3.Connection]:
        """A new, empty generation that is not yet in use: its path and a connection.

        `whole`: it may answer. `built`: by the time it is used, it will have been made from everything.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        made = self.path.with_name(f"{self.path.name}.{secrets.token_hex(6)}")
        made.touch()
        connection = opened(made)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO fact VALUES ('whole', ?), ('built', ?)", (int(whole), int(built)))
        connection.execute(f"PRAGMA user_version={VERSION}")
        return made, connection

    def take_over(self, made: Path) -> None:
        """From now on `made` is the generation in use. To be called `alone`, with no connection to `made` open."""
        old = self.path.resolve() if self.path.exists() else None
        link = self.path.with_name(f"{self.path.name}.{secrets.token_hex(6)}.link")
        link.symlink_to(made.name)
        link.replace(self.path)
        if old is not None and old != self.path:
            old.unlink(missing_ok=True)  # who still reads it goes on until its next question
            _remove_beside(old)

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """One rebuild at a time; a second one waits. What an interrupted one left behind is removed."""
        with self._locked("rebuild", fcntl.LOCK_EX):
            with self.alone():
                used = self.path.resolve().name
                for old in self.path.parent.glob(f"{self.path.name}.*"):
                    if not old.name.startswith(used) and old.name.removeprefix(f"{self.path.name}.") not in _KEPT:
                        old.unlink(missing_ok=True)
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody writes within."""
        with self._locked("lock", fcntl.LOCK_EX):
            yield

    @contextmanager
    def _locked(self, name: str, how: int) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path.with_name(f"{self.path.name}.{name}"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything within, or nothing. IMMEDIATE: who cannot write waits before it has begun, not half way."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def opened(path: Path) -> sqlite3.Connection:
    """A connection to a file that is there; it is never made by opening it."""
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw", uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    for said in ("synchronous=NORMAL", f"cache_size=-{CACHE}", "temp_store=MEMORY", "journal_size_limit=16777216"):
        connection.execute(f"PRAGMA {said}")
    return connection


def _fault(path: Path) -> str:
    """Why the file cannot be used; "" when it can."""
    if not path.exists():
        return "it is not there"
    if not path.is_symlink():
        return "it was made by another version"
    try:
        connection = opened(path.resolve())
    except sqlite3.OperationalError:
        return ""  # it was swapped a moment ago, or cannot be read: whoever uses it will hear why
    try:
        made_by = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("SELECT name FROM fact LIMIT 1")
        return "" if made_by == VERSION else f"it was made by version {made_by}"
    except sqlite3.OperationalError as error:
        return "it was made by another version" if "no such table" in str(error) else ""
    except sqlite3.DatabaseError as error:
        return str(error)
    finally:
        connection.close()


def _remove_beside(path: Path) -> None:
    for ending in _BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
