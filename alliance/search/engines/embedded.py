"""The embedded engine: SQLite's FTS5 over stems of our own, in a file of its own."""

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from alliance.errors import Unavailable

from ..index import Document, Text
from ..words import sought
from . import Answer, Question, tables
from .file import IndexFile, opened, transaction
from .finding import View, matched, newest
from .mirror import Mirror

log = logging.getLogger("alliance.search")


class Embedded:
    """See alliance.search.engines.Engine."""

    name = "embedded"

    def __init__(self, path: str | Path):
        self.file = IndexFile(Path(path))
        self._mirror: tuple = (None, Mirror())

    # --- keeping ----------------------------------------------------------------------------------------------------

    def put(self, documents: Iterable[Document]) -> None:
        with self._resting(), self.file.writing() as connection:
            for document in documents:
                tables.put(connection, document)

    def drop(self, kind: str, id: int, version: int) -> None:
        with self._resting(), self.file.writing() as connection:
            tables.drop(connection, kind, id, version)

    def clear(self) -> None:
        with self._resting():
            self._swap(self.file.fresh(whole=True, built=False))

    def rebuild(self, documents: Iterable[Document]) -> dict[str, int]:
        """See Engine. The things are numbered by their age, because the newest ones are ranked first."""
        with self._resting(), self.file.rebuilding():
            since = tables.last_change(self.file.connection())
            made, connection = self.file.fresh(whole=True, built=True)
            counts: Counter[str] = Counter()
            with transaction(connection):
                for document in _by_age(connection, documents):
                    tables.put(connection, document)
                    counts[document.kind] += 1
                connection.execute("DROP TABLE temp.waiting")
            connection.execute("INSERT INTO stem(stem) VALUES ('optimize')")
            self._swap((made, connection), since)
        return dict(counts)

    def _swap(self, fresh: tuple[Path, sqlite3.Connection], since: int | None = None) -> None:
        """Put a new generation to use, with what was changed in the old one after `since`."""
        made, connection = fresh
        with self.file.alone():
            if since is not None:
                with transaction(connection):
                    self._bring(connection, since)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            self.file.take_over(made)

    def _bring(self, connection: sqlite3.Connection, since: int) -> None:
        try:
            old = opened(self.file.path.resolve())
        except sqlite3.Error:
            return  # nothing to bring
        try:
            for change in tables.changes(old, since):
                if isinstance(change, Document):
                    tables.put(connection, change)
                else:
                    tables.drop(connection, *change)
        except sqlite3.DatabaseError as error:
            log.warning("What had changed during the rebuild could not be read from the old index: %s", error)
        finally:
            old.close()

    def tidy(self) -> None:
        """Merge the pieces of the index, a little at a time: other writers come in between."""
        merge = "INSERT INTO stem(stem, rank) VALUES ('merge', ?)"
        with self._resting():
            first = -500  # negative: begin to merge everything; then go on with what was begun
            for _step in range(10_000):
                with self.file.writing() as connection:
                    before = connection.total_changes
                    connection.execute(merge, (first,))
                    if connection.total_changes - before < 2:
                        break
                first = 500
            self.file.connection().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def state(self) -> str:
        try:
            return "ok" if _fact(self.file.connection(), "whole") else "degraded"
        except (sqlite3.Error, OSError):
            return "down"

    def built(self) -> bool:
        with self._resting():
            return bool(_fact(self.file.connection(), "built"))

    def empty(self) -> bool:
        with self._resting():
            return self.file.connection().execute("SELECT 1 FROM card LIMIT 1").fetchone() is None

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask(self, question: Question) -> Answer:
        with self._resting(), self.file.reading() as connection:
            if not _fact(connection, "whole"):
                raise Unavailable(_("Search is resting."), part="search")
            asked = sought(question.text, question.lang, expand=question.expand)
            if question.text.strip() and not asked.wanted and not asked.unwanted:
                return Answer(0, [])
            view = View(connection, self._mirror_of(connection), question)
            return matched(view, asked) if asked.wanted else newest(view, asked)

    def _mirror_of(self, connection: sqlite3.Connection) -> Mirror:
        generation, mirror = self._mirror
        if generation != self.file.generation:
            mirror = Mirror()
            self._mirror = (self.file.generation, mirror)
        mirror.catch_up(connection)
        return mirror

    # --- failing ----------------------------------------------------------------------------------------------------

    @contextmanager
    def _resting(self) -> Iterator[None]:
        """What SQLite or the disk cannot do becomes Unavailable: the caller has a reduced answer for that."""
        mark = self.file.mark()
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            log.warning("The search index does not answer: %s", error)
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                self.file.set_aside(error, mark)
            raise Unavailable(_("Search is resting."), part="search") from error


def _fact(connection: sqlite3.Connection, name: str) -> int:
    return connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()[0]


def _by_age(connection: sqlite3.Connection, documents: Iterable[Document]) -> Iterator[Document]:
    """The documents, oldest first, by way of a temporary table: they may be more than memory holds."""
    connection.execute("CREATE TEMP TABLE waiting (at TEXT NOT NULL, said TEXT NOT NULL)")
    for document in documents:
        at = document.at.isoformat() if document.at else ""
        said = {name: getattr(document, name) for name in document.__slots__} | {
            "at": None,
            "audience": sorted(document.audience),
            "stale": sorted(document.stale),
            "texts": {code: (text.title, text.body) for code, text in document.texts.items()},
        }
        connection.execute("INSERT INTO temp.waiting VALUES (?, ?)", (at, json.dumps(said)))
    for at, said in connection.execute("SELECT at, said FROM temp.waiting ORDER BY at"):
        yield _again(at, json.loads(said))


def _again(at: str, said: dict) -> Document:
    said["texts"] = {code: Text(*text) for code, text in said["texts"].items()}
    for name, shape in (("audience", frozenset), ("stale", frozenset), ("themes", tuple), ("targets", tuple)):
        said[name] = shape(said[name])
    return Document(**said | {"at": datetime.fromisoformat(at) if at else None})
