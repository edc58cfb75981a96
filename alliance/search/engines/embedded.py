"""The embedded engine: SQLite's FTS5 over stems of our own, in a file of its own.

Ranking scores only the newest RANKED matches; total and facets are exact. The words table leads every join.
"""

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from alliance.errors import Unavailable
from alliance.languages.folding import fold

from ..index import Document, Text
from ..thesaurus import narrower
from ..words import Sought, sought
from . import Answer, Hit, Question, tables
from .asking import expression, marked, unwanted_alone
from .file import IndexFile, opened, transaction
from .showing import excerpt
from .tables import SHIFT, Values

log = logging.getLogger("alliance.search")

RANKED = 2000  # matches that are scored, the newest
TITLE = 10.0  # how much more a word weighs in a title
OWN_LANGUAGE = 1.15  # the reader's own language wins over a slightly better match in another
BEGUN_LEAST, BEGUN_MOST = 2, 24  # letters of a word half typed; words of titles that it may become
ABOVE = "\U0010ffff"
MATCHES = (
    "FROM stem CROSS JOIN thing ON thing.id = stem.rowid >> {shift} "
    "WHERE stem MATCH :match AND thing.audience IN (SELECT value FROM json_each(:audience)) {filters}"
).replace("{shift}", str(SHIFT))


class Embedded:
    """See alliance.search.engines.Engine."""

    name = "embedded"

    def __init__(self, path: str | Path):
        self.file = IndexFile(Path(path))
        self._values: tuple = (None, Values())

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
            self._swap(self.file.fresh(whole=True))

    def rebuild(self, documents: Iterable[Document]) -> dict[str, int]:
        """See Engine. The things are numbered by their age, because the newest ones are ranked first."""
        with self._resting(), self.file.rebuilding():
            since = tables.last_change(self.file.connection())
            made, connection = self.file.fresh(whole=True)
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
            return "ok" if _is_whole(self.file.connection()) else "degraded"
        except (sqlite3.Error, OSError):
            return "down"

    def empty(self) -> bool:
        with self._resting():
            return self.file.connection().execute("SELECT 1 FROM card LIMIT 1").fetchone() is None

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask(self, question: Question) -> Answer:
        with self._resting(), self.file.reading() as connection:
            if not _is_whole(connection):
                raise Unavailable(_("Search is being rebuilt."), part="search")
            asked = sought(question.text, question.lang, expand=question.expand)
            if question.text.strip() and not asked.wanted and not asked.unwanted:
                return Answer(0, [], _facets(Counter(), {}), [])
            values, tongues = self._values_of(connection), tables.tongues(connection)
            filters, given = _filters(question, values, tongues)
            if asked.wanted:
                return self._matched(connection, question, asked, values, filters, given)
            return self._newest(connection, question, asked, values, filters, given)

    def _values_of(self, connection: sqlite3.Connection) -> Values:
        generation, values = self._values
        if generation != self.file.generation:
            values = Values()
            self._values = (self.file.generation, values)
        values.catch_up(connection)
        return values

    def _matched(self, connection, question: Question, asked: Sought, values: Values, filters: str, given: dict) -> Answer:
        goes_on = _goes_on(connection, asked)
        made = partial(expression, asked, tables.tongues(connection), lambda _word: goes_on)
        exact, wide = made(widened=False), made(widened=True)
        if not wide:
            return Answer(0, [], _facets(Counter(), {}), list(asked.expanded))
        found = MATCHES.format(filters=filters)
        own = tables.tongues(connection).get(question.lang, -1)
        facets = dict(connection.execute(f"SELECT thing.id, thing.facet {found}", given | {"match": wide}))
        scored = _scored(connection, found, given, exact, 1.0, own) if exact else {}
        if wide != exact:
            scored = _scored(connection, found, given, wide, 0.0, own) | scored
        best = _best(scored)
        order = sorted(best, key=lambda thing: (-best[thing], -thing))
        hits = self._hits(connection, question, order[question.page], values, asked, goes_on, best)
        return Answer(len(facets), hits, _facets(Counter(facets.values()), values.known.get("facet", {})), list(asked.expanded))

    def _newest(self, connection, question: Question, asked: Sought, values: Values, filters: str, given: dict) -> Answer:
        where = f"thing.audience IN (SELECT value FROM json_each(:audience)) {filters}"
        if asked.unwanted and (out := unwanted_alone(asked, tables.tongues(connection))):
            where += f" AND thing.id NOT IN (SELECT stem.rowid >> {SHIFT} FROM stem WHERE stem MATCH :match)"
            given = given | {"match": out}
        counted = Counter(dict(connection.execute(f"SELECT facet, count(*) FROM thing WHERE {where} GROUP BY facet", given)))
        page = question.page
        newest = f"SELECT thing.id FROM thing WHERE {where} ORDER BY thing.at DESC, thing.id DESC LIMIT :size OFFSET :first"
        rows = connection.execute(newest, given | {"size": page.stop - page.start, "first": page.start})
        hits = self._hits(connection, question, [row[0] for row in rows], values, asked, {}, {})
        return Answer(counted.total(), hits, _facets(counted, values.known.get("facet", {})), [])

    @staticmethod
    def _hits(connection, question: Question, page, values: Values, asked: Sought, goes_on, best) -> list[Hit]:
        tongues, hits, wanted = tables.tongues(connection), [], {}
        told = (
            "SELECT card.kind, card.pk, card.path, card.source, card.states, thing.facet "
            "FROM card JOIN thing ON thing.id = card.id WHERE card.id = ?"
        )
        for thing in page:
            kind, pk, path, source, states, facet = connection.execute(told, (thing,)).fetchone()
            available = tuple(values.known["facet"][facet][2])
            shown = next((code for code in (question.lang, source, *available) if code in available), source)
            row = thing << SHIFT | tongues.get(shown, 0)
            title, body = connection.execute("SELECT title, body FROM text WHERE id = ?", (row,)).fetchone() or ("", "")
            if shown not in wanted:
                wanted[shown] = marked(asked, shown, goes_on.get(tongues.get(shown, 0), ())) if asked.wanted else frozenset()
            known = json.loads(states)
            hits.append(
                Hit(
                    kind=kind, id=pk, path=path, title=title, highlight=excerpt(body, shown, wanted[shown]), shown=shown,
                    source=source, origin="original" if shown == source else known["states"].get(shown, "human"),
                    available=available, score=round(best.get(thing, 0.0), 4), stale=shown in known["stale"],
                )
            )  # fmt: skip
        return hits

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


def _is_whole(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT value FROM fact WHERE name = 'whole'").fetchone()[0])


def _by_age(connection: sqlite3.Connection, documents: Iterable[Document]) -> Iterator[Document]:
    """The documents, oldest first, by way of a temporary table: they may be more than memory holds."""
    connection.execute("CREATE TEMP TABLE waiting (at TEXT NOT NULL, said TEXT NOT NULL)")
    for document in documents:
        at = document.at.isoformat() if document.at else ""
        said = asdict(document) | {"at": None, "audience": sorted(document.audience), "stale": sorted(document.stale)}
        connection.execute("INSERT INTO temp.waiting VALUES (?, ?)", (at, json.dumps(said)))
    for at, said in connection.execute("SELECT at, said FROM temp.waiting ORDER BY at"):
        yield _again(at, json.loads(said))


def _again(at: str, said: dict) -> Document:
    from datetime import datetime

    said["texts"] = {code: Text(**text) for code, text in said["texts"].items()}
    for name, shape in (("audience", frozenset), ("stale", frozenset), ("themes", tuple), ("targets", tuple)):
        said[name] = shape(said[name])
    return Document(**said | {"at": datetime.fromisoformat(at) if at else None})


def _goes_on(connection: sqlite3.Connection, asked: Sought) -> dict[int, list[str]]:
    """Stems, by language, of the words in titles that begin with the question's last word."""
    word = fold(asked.wanted[-1].words[0]) if asked.begun else ""
    found: dict[int, list[str]] = {}
    if len(word) >= BEGUN_LEAST:
        rows = connection.execute(
            "SELECT tongue, stem FROM beginning WHERE word >= ? AND word < ? ORDER BY length(word), word LIMIT ?",
            (word, word + ABOVE, BEGUN_MOST),
        )
        for tongue, stem in rows:
            if stem not in found.setdefault(tongue, []):
                found[tongue].append(stem)
    return found


def _scored(connection: sqlite3.Connection, found: str, given: dict, match: str, least: float, own: int) -> dict[int, float]:
    """Row → score of the newest matches, from `least` to `least` + 1. `own` is the number of the reader's language."""
    ranked = f"SELECT stem.rowid, -bm25(stem, {TITLE}, 1.0) {found} ORDER BY stem.rowid DESC LIMIT {RANKED}"
    scored = {}
    for row, weight in connection.execute(ranked, given | {"match": match}):
        if row & (tables.TONGUES_MOST - 1) == own:
            weight *= OWN_LANGUAGE
        scored[row] = least + weight / (weight + 1.0)
    return scored


def _best(scored: dict[int, float]) -> dict[int, float]:
    """Thing → score of its best row."""
    best: dict[int, float] = {}
    for row, score in scored.items():
        if score > best.get(row >> SHIFT, -1.0):
            best[row >> SHIFT] = score
    return best


def _filters(question: Question, values: Values, tongues: dict[str, int]) -> tuple[str, dict]:
    """SQL over `thing`, and what goes into it."""
    given: dict = {"audience": values.allowed(question.tokens)}
    themes = {one for theme in question.themes for one in narrower(theme)}
    said = {
        "kind": values.numbers_of("kind", question.kinds) if question.kinds else None,
        "city": values.numbers_of("city", question.cities) if question.cities else None,
        "themes": values.meeting("themes", themes) if themes else None,
        "targets": values.meeting("targets", set(question.targets)) if question.targets else None,
    }
    parts = []
    for column, numbers in said.items():
        if numbers is not None:
            parts.append(f"AND thing.{column} IN (SELECT value FROM json_each(:{column}))")
            given[column] = numbers
    if question.languages:
        parts.append("AND thing.languages & :languages")
        given["languages"] = tables.languages_of(tongues[code] for code in set(question.languages) if code in tongues)
    return " ".join(parts), given


def _facets(counted: Counter, known: dict) -> dict[str, dict[str, int]]:
    """Facet → value → how many things, over all that was found."""
    kinds: Counter[str] = Counter()
    cities: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    themes: Counter[str] = Counter()
    for number, count in counted.items():
        kind, city, spoken, about = known[number]
        kinds[kind] += count
        if city:
            cities[city] += count
        for language in spoken:
            languages[language] += count
        for theme in about:
            themes[theme] += count
    return {"kind": dict(kinds), "language": dict(languages), "theme": dict(themes), "city": dict(cities)}
