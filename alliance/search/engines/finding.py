"""Finding in the embedded engine: FTS5 says which rows hold the words, the mirror who may see them and how they are counted.

Ranking is bounded: of more than RANKED matches, only the newest are scored, with those that have the words in their title; of a
word so common that TITLED titles hold it, only these. The others follow by age. Total and facets are exact.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from alliance.languages.folding import fold

from ..words import Sought
from . import Answer, Hit, Question, tables
from .asking import Asking, Form, marked
from .expression import excluded, expression, said, tag_of
from .mirror import Mirror
from .showing import excerpt
from .tables import SHIFT, TONGUES_MOST

RANKED = 2000  # matches that are scored, the newest
TITLED = 400  # matches in titles that make it needless to score the others
WIDENED = 500  # the same for matches that hold only another name of what is asked for
TITLE = 10.0  # how much more a word weighs in a title
OWN_LANGUAGE = 1.15  # the reader's own language wins over a slightly better match in another
BEGUN_LEAST, BEGUN_MOST = 2, 24  # letters of a word half typed; words of titles that it may become
SPARSE = 1.3  # rows that FTS5 would score for one that may be seen: from there on it is told which
ABOVE = "\U0010ffff"

# The table of words alone, no join: one long string of row numbers is read many times faster than as many rows.
HELD = "SELECT rowid FROM stem WHERE stem MATCH ? LIMIT 1"
ROWS = "SELECT group_concat(rowid) FROM stem WHERE stem MATCH :match"
NEWEST = "SELECT group_concat(rowid) FROM (SELECT rowid FROM stem WHERE stem MATCH :match ORDER BY rowid DESC LIMIT :most)"
SCORED = (
    "SELECT rowid, bm25(stem, :title, 1.0) * iif(rowid & :mask = :own, :factor, 1.0) AS weight FROM stem "
    "WHERE stem MATCH :match AND rowid >= :low {among} ORDER BY weight LIMIT :limit"
)
CARD = "SELECT kind, pk, path, source, known FROM card WHERE id = ?"
AMONG = "AND +rowid IN (SELECT value FROM json_each(:rows))"


class View:
    """One question before one state of the index."""

    def __init__(self, connection: sqlite3.Connection, mirror: Mirror, question: Question):
        self.connection, self.mirror, self.question = connection, mirror, question
        self.tongues = tables.tongues(connection)
        self.own = self.tongues.get(question.lang, -1)

    def holds(self, one: Form, language: str) -> bool:
        """Whether any row holds this, seen or not."""
        form = said(one, tag_of(self.tongues[language]))
        if form in self.mirror.held_forms:
            return True
        if form in self.mirror.unheld_forms:
            return False
        held = self.connection.execute(HELD, (form,)).fetchone() is not None
        (self.mirror.held_forms if held else self.mirror.unheld_forms).add(form)
        return held

    def rows(self, match: str, sql: str = ROWS, **given) -> "Rows":
        """The rows that match, oldest first: all, and those that may be seen and are asked for."""
        text = self.connection.execute(sql, {"match": match, **given}).fetchone()[0] if match else None
        found = np.sort(np.fromstring(text, np.int64, sep=",")) if text else np.zeros(0, np.int64)
        return Rows(found, found[self.mirror.let_through(found >> SHIFT, self.question, self.tongues)])


class Rows(NamedTuple):
    """Numbers of rows, ascending."""

    held: np.ndarray
    seen: np.ndarray

    @property
    def things(self) -> np.ndarray:
        """The things that are seen, each once, ascending."""
        things = self.seen >> SHIFT
        return things[np.concatenate([[True], things[1:] != things[:-1]])] if len(things) else things


def matched(view: View, asked: Sought) -> Answer:
    """What holds the words that are looked for, the best first."""
    goes_on = _goes_on(view, asked)
    asking = Asking(asked, goes_on, view.holds)
    exact, wide = (expression(asking, view.tongues, widened=widened) for widened in (False, True))
    own = view.rows(exact)
    every = own if wide == exact else view.rows(wide)
    things, scores = every.things, dict[int, float]()
    order: dict[int, None] = {}
    page = view.question.page
    # First what holds the question's own words, then what holds another name for the same; ranked as far as somebody looks.
    for match, rows, least, most in ((exact, own, 1.0, RANKED), (wide, every, 0.0, WIDENED)):
        if len(order) < min(page.stop, len(things)):
            found = _best(view, match, rows, least, page.stop, most)
            scores = found | scores
            order |= dict.fromkeys(sorted(found, key=lambda thing: (-found[thing], -thing)))
            if len(order) < page.stop:  # behind the ranked ones the others, by their age
                order |= dict.fromkeys(reversed(rows.things.tolist()))
    hits = _hits(view, list(order)[page], asked, goes_on, scores)
    return Answer(len(things), hits, view.mirror.facets(things, view.tongues), list(asked.expanded))


def newest(view: View, asked: Sought) -> Answer:
    """Everything, or everything but what holds the excluded words, the newest first."""
    things = view.mirror.newest(view.question, view.tongues)
    if asked.unwanted:
        unwanted = excluded(Asking(asked, {}, view.holds), view.tongues)
        things = things[~np.isin(things, view.rows(unwanted).things)]
    hits = _hits(view, things[view.question.page].tolist(), asked, {}, {})
    return Answer(len(things), hits, view.mirror.facets(things, view.tongues))


def _goes_on(view: View, asked: Sought) -> dict[str, list[str]]:
    """Stems, by language, of the words in titles that begin with the question's last word, unless it is one of them."""
    word = fold(asked.wanted[-1].words[0]) if asked.begun else ""
    found: dict[str, list[str]] = {}
    if len(word) >= BEGUN_LEAST:
        codes = {number: code for code, number in view.tongues.items()}
        rows = view.connection.execute(
            "SELECT word, tongue, stem FROM beginning WHERE word >= ? AND word < ? ORDER BY length(word), word LIMIT ?",
            (word, word + ABOVE, BEGUN_MOST),
        )
        for longer, tongue, stem in rows:
            if longer == word:
                return {}
            if stem not in found.setdefault(codes[tongue], []):
                found[codes[tongue]].append(stem)
    return found


def _best(view: View, match: str, rows: Rows, least: float, most: int, ranking: int) -> dict[int, float]:
    """Thing → score of its best row, from `least` to `least` + 1, among the newest `ranking` rows; at least `most` of these."""
    ranked = rows.seen[-ranking:]
    if len(rows.seen) > ranking:
        titled = view.rows(f"title : ({match})", NEWEST, most=RANKED)
        if len(titled.seen) >= TITLED:  # a word so common is ranked where it is in the title, and else by age
            match, rows, ranked = f"title : ({match})", titled, titled.seen[-TITLED:]
        else:
            ranked = np.union1d(ranked, titled.seen)
    if not len(ranked):
        return {}
    reached = len(rows.held) - int(np.searchsorted(rows.held, ranked[0]))
    sparse = reached > SPARSE * len(ranked)
    told = {"match": match, "title": TITLE, "own": view.own, "factor": OWN_LANGUAGE, "mask": TONGUES_MOST - 1}
    told |= {"low": int(ranked[0]), "rows": json.dumps(ranked.tolist()) if sparse else ""}
    sql, among = (SCORED.format(among=AMONG), None) if sparse else (SCORED.format(among=""), set(ranked.tolist()))
    found: dict[int, float] = {}
    for limit in (4 * most + 40, reached):  # a thing may have many rows, and some of these are not seen
        scored = view.connection.execute(sql, told | {"limit": limit}).fetchall()
        for row, weight in scored:
            if among is None or row in among:
                found.setdefault(row >> SHIFT, least + weight / (weight - 1.0))  # bm25 is negative: the lower the better
        if len(found) >= most or len(scored) < limit:
            break
    return found


def _hits(view: View, page: list[int], asked: Sought, goes_on: Mapping[str, list[str]], scores: Mapping[int, float]) -> list[Hit]:
    """The things of one page as they are shown."""
    marks: dict[str, frozenset[str]] = {}
    hits = []
    for thing in page:
        kind, pk, path, source, facts = view.connection.execute(CARD, (thing,)).fetchone()
        known = json.loads(facts)
        available = tuple(known["languages"])
        shown = next((code for code in (view.question.lang, source, *available) if code in available), source)
        row = thing << SHIFT | view.tongues.get(shown, 0)
        title, body = view.connection.execute("SELECT title, body FROM text WHERE id = ?", (row,)).fetchone() or ("", "")
        if shown not in marks:
            marks[shown] = marked(asked, shown, tuple(goes_on.get(shown, ()))) if asked.wanted else frozenset()
        hits.append(
            Hit(
                kind=kind, id=pk, path=path, title=title, highlight=excerpt(body, shown, marks[shown]), shown=shown,
                source=source, origin="original" if shown == source else known["states"].get(shown, "human"),
                available=available, score=round(scores.get(thing, 0.0), 4), stale=shown in known["stale"],
            )
        )  # fmt: skip
    return hits
