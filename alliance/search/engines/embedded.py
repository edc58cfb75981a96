"""The embedded engine: SQLite's FTS5 over stems of our own, in a file of its own.

A narrow table for rights and facets, the text beside it, and an ordinary FTS5 table of stems with a row for each language.
Ranking scores only the newest RANKED matches; the total is exact.
"""

import json
import logging
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from alliance.errors import Unavailable

from ..index import Document
from . import Answer, Hit, Question
from .asking import expression, expression_stems
from .showing import excerpt
from .tables import RANKED, SCHEMA, VERSION, empty, facets_of, filters, put

log = logging.getLogger("alliance.search")


class Embedded:
    """See alliance.search.engines.Engine."""

    name = "embedded"

    def __init__(self, path: str):
        self.path = Path(path)
        self._here = threading.local()

    # --- the file ---------------------------------------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, opened again when the file was swapped by a rebuild."""
        try:
            mark = self.path.stat().st_ino
        except FileNotFoundError:
            mark = None
        kept = getattr(self._here, "kept", None)
        if kept is None or mark is None or kept[0] != mark:
            if kept is not None:
                kept[1].close()
            connection = self._opened(self.path)
            kept = self._here.kept = (self.path.stat().st_ino, connection)
        return kept[1]

    def _opened(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=20, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            made_by = connection.execute("PRAGMA user_version").fetchone()[0]
            if made_by not in (0, VERSION):
                raise sqlite3.DatabaseError(f"made by version {made_by}")
            if not made_by:
                connection.executescript(SCHEMA)
                connection.execute(f"PRAGMA user_version={VERSION}")
        except sqlite3.DatabaseError as error:
            connection.close()
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise
            aside = path.with_name(f"{path.name}.aside")
            path.replace(aside)
            log.warning("The search index %s cannot be used (%s). It is set aside; run `manage.py reindex`.", path, error)
            return self._opened(path)
        return connection

    # --- keeping ----------------------------------------------------------------------------------------------------

    def put(self, documents: Iterable[Document]) -> None:
        connection = self._connection()
        with _resting(), _transaction(connection):
            for document in documents:
                put(connection, document)

    def drop(self, kind: str, id: int, version: int) -> None:
        connection = self._connection()
        with _resting(), _transaction(connection):
            row = connection.execute("SELECT id, version FROM thing WHERE kind = ? AND pk = ?", (kind, id)).fetchone()
            if row and (not version or row[1] <= version):
                empty(connection, row[0])
                connection.execute(
                    "UPDATE thing SET gone = 1, public = 0, version = max(version, ?) WHERE id = ?", (version, row[0])
                )

    def rebuild(self, documents: Iterable[Document]) -> dict[str, int]:
        aside = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        aside.unlink(missing_ok=True)
        connection = self._opened(aside)
        counts: Counter[str] = Counter()
        with _transaction(connection):
            for document in documents:
                put(connection, document)
                counts[document.kind] += 1
        connection.execute("INSERT INTO stem(stem) VALUES ('optimize')")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()
        for rest in ("-wal", "-shm"):
            self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
        aside.replace(self.path)
        return dict(counts)

    def optimize(self) -> None:
        """Merge the index's pieces."""
        with _resting():
            self._connection().execute("INSERT INTO stem(stem) VALUES ('optimize')")

    def state(self) -> str:
        try:
            self._connection().execute("SELECT 1 FROM thing LIMIT 1")
            return "ok"
        except sqlite3.Error:
            return "down"

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask(self, question: Question) -> Answer:
        with _resting():
            connection = self._connection()
            match, expanded = expression(question)
            if question.text.strip() and not match:
                return Answer(0, [], {}, expanded)
            where, given = filters(question)
            if match:
                return self._matched(connection, question, match, where, given, expanded)
            return self._newest(connection, question, where, given, expanded)

    def _matched(self, connection, question: Question, match: str, where: str, given: list, expanded) -> Answer:
        source = (
            "FROM stem CROSS JOIN text ON text.id = stem.rowid CROSS JOIN thing ON thing.id = text.thing "
            f"WHERE stem MATCH ? AND thing.gone = 0 AND {where}"
        )
        things = [row[0] for row in connection.execute(f"SELECT DISTINCT thing.id {source}", [match, *given])]
        ranked = connection.execute(
            f"SELECT thing.id, text.lang, bm25(stem, 8.0, 1.0) AS rank {source} ORDER BY stem.rowid DESC LIMIT {RANKED}",
            [match, *given],
        ).fetchall()
        best: dict[int, tuple[float, str]] = {}
        for thing, lang, rank in ranked:
            # The reader's own language wins over a slightly better match in another.
            rank = rank * 1.15 if lang == question.lang else rank
            if thing not in best or rank < best[thing][0]:
                best[thing] = (rank, lang)
        order = sorted(best, key=lambda thing: (best[thing][0], -thing))
        page = order[question.offset : question.offset + question.size]
        wanted = expression_stems(question)
        hits = self._hits(connection, question, page, {thing: -best[thing][0] for thing in page}, wanted)
        return Answer(len(things), hits, facets_of(connection, things), expanded)

    def _newest(self, connection, question: Question, where: str, given: list, expanded) -> Answer:
        rows = connection.execute(
            f"SELECT thing.id FROM thing WHERE thing.gone = 0 AND {where} ORDER BY thing.at DESC, thing.id DESC", given
        )
        things = [row[0] for row in rows]
        page = things[question.offset : question.offset + question.size]
        return Answer(len(things), self._hits(connection, question, page, {}, set()), facets_of(connection, things), expanded)

    @staticmethod
    def _hits(connection, question: Question, page: Sequence[int], scores: dict[int, float], wanted: set[str]) -> list[Hit]:
        hits = []
        for thing in page:
            kind, pk, path, source, languages, states = connection.execute(
                "SELECT kind, pk, path, source, languages, states FROM thing WHERE id = ?", (thing,)
            ).fetchone()
            texts = {
                row[0]: row[1:] for row in connection.execute("SELECT lang, title, body FROM text WHERE thing = ?", (thing,))
            }
            shown = question.lang if question.lang in texts else source if source in texts else next(iter(texts), source)
            title, body = texts.get(shown, ("", ""))
            score = round(scores.get(thing, 0.0), 4)
            origin = "original" if shown == source else json.loads(states).get(shown, "human")
            highlight = excerpt(body, shown, wanted)
            hits.append(Hit(kind, pk, path, title, highlight, shown, source, origin, tuple(languages.split()), score))
        return hits


def _transaction(connection):
    return _Transaction(connection)


class _Transaction:
    """BEGIN IMMEDIATE … COMMIT: a second writer waits instead of failing half way."""

    def __init__(self, connection: sqlite3.Connection):
        self.connection = connection

    def __enter__(self):
        self.connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind, error, trace):
        self.connection.execute("ROLLBACK" if kind else "COMMIT")


class _resting:  # noqa: N801 - reads as a word
    """What SQLite cannot do becomes Unavailable: the caller has a reduced answer for that."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind and issubclass(kind, sqlite3.Error):
            log.warning("The search index does not answer: %s", error)
            raise Unavailable(_("Search is resting."), part="search") from error
