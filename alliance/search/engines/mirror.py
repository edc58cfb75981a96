"""The narrow facts of every thing, held in memory as columns: whether it may be seen, what it is counted under.

A join for each match would cost more than finding it. Each process reads `thing` once for a generation of the file, and from
then on only what has changed. What the numbers mean stands in the table `value`, which only grows.
"""

import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Collection
from typing import Any

import numpy as np

from ..thesaurus import narrower
from . import Question

SETS = frozenset({"audience", "themes", "targets"})
COLUMNS = ("audience", "kind", "city", "themes", "targets", "languages", "at")
_CHANGED = (
    f"SELECT card.id, card.changed, {', '.join(f'thing.{name}' for name in COLUMNS)} "  # noqa: S608 - nothing from outside
    "FROM card LEFT JOIN thing ON thing.id = card.id WHERE card.changed > ?"
)
FORMS_MOST = 50_000
_ROOM = 1.3  # how much longer than needed a column is made


class Mirror:
    """Columns by the number of a thing; audience 0 is nothing at all."""

    def __init__(self):
        self._lock = threading.Lock()
        self._changed = self._last = 0
        self.columns = {name: np.zeros(1024, np.int64) for name in COLUMNS}
        self.known: dict[int, Any] = {}  # what a number says
        self.numbers: dict[tuple[str, str], int] = {}
        self.by_kind: defaultdict[str, list[int]] = defaultdict(list)
        self.themes: dict[str, int] = {}  # theme → column of `held`
        self.held = np.zeros((1024, 64), np.uint8)  # number of a set of themes × theme
        self._allowed: dict[frozenset[str], np.ndarray] = {}
        self.held_forms: set[str] = set()  # forms of words that the index holds, and such that it did not when last looked for
        self.unheld_forms: set[str] = set()

    def catch_up(self, connection: sqlite3.Connection) -> None:
        """Learn what has changed. Only inside a reading transaction: what is not committed may yet be taken back."""
        with self._lock:
            self._learn_values(connection)
            rows = connection.execute(_CHANGED, (self._changed,)).fetchall()
            if len(self.held_forms) > FORMS_MOST:
                self.held_forms = set()
            if not rows:
                return
            self.unheld_forms = set()
            told = np.array([row if row[2] is not None else (*row[:2], *[0] * len(COLUMNS)) for row in rows], np.int64)
            things = told[:, 0]
            self._make_room(int(things.max()) + 1)
            for place, name in enumerate(COLUMNS, 2):
                self.columns[name][things] = told[:, place]
            self._changed = int(told[:, 1].max())

    def _learn_values(self, connection: sqlite3.Connection) -> None:
        fresh = connection.execute("SELECT id, kind, value FROM value WHERE id > ? ORDER BY id", (self._last,)).fetchall()
        for number, kind, value in fresh:
            said = json.loads(value)
            self.known[number] = frozenset(said) if kind in SETS else said
            self.numbers[kind, value] = number
            self.by_kind[kind].append(number)
            if kind == "themes":
                self._learn_themes(number, said)
        if fresh:
            self._allowed = {}
            self._last = fresh[-1][0]

    def _learn_themes(self, number: int, themes: list[str]) -> None:
        for theme in themes:
            self.themes.setdefault(theme, len(self.themes))
        high, wide = self.held.shape
        if number >= high or len(self.themes) > wide:
            larger = np.zeros((max(high, int(number * _ROOM) + 1), max(wide, 2 * len(self.themes))), np.uint8)
            larger[:high, :wide] = self.held
            self.held = larger
        self.held[number, [self.themes[theme] for theme in themes]] = 1

    def _make_room(self, length: int) -> None:
        for name, column in self.columns.items():
            if length > len(column):
                self.columns[name] = np.concatenate([column, np.zeros(int(length * _ROOM) - len(column), np.int64)])

    # --- who may see it, and what is asked for ------------------------------------------------------------------------

    def let_through(self, things: np.ndarray, question: Question, tongues: dict[str, int]) -> np.ndarray:
        """For each of these things: whether the asker may see it and it is among what is asked for."""
        with self._lock:
            passed = self._allowing(question.tokens)[self.columns["audience"][things]]
            for name, chosen in self._chosen_by(question).items():
                passed = passed & chosen[self.columns[name][things]]
            if question.languages:
                spoken = languages_of([tongues[code] for code in set(question.languages) if code in tongues])
                passed = passed & (self.columns["languages"][things] & spoken != 0)
            return passed

    def _allowing(self, tokens: frozenset[str]) -> np.ndarray:
        chosen = self._allowed.get(tokens)
        if chosen is None:
            if len(self._allowed) > 500:
                self._allowed.clear()
            chosen = self._allowed[tokens] = self._meeting("audience", tokens)
        return chosen

    def _chosen_by(self, question: Question) -> dict[str, np.ndarray]:
        themes = {one for theme in question.themes for one in narrower(theme)}
        sets = {"themes": themes, "targets": question.targets}
        names = {"kind": question.kinds, "city": question.cities}
        return {name: self._meeting(name, wanted) for name, wanted in sets.items() if wanted} | {
            name: self._named(name, wanted) for name, wanted in names.items() if wanted
        }

    def _meeting(self, kind: str, wanted: Collection[str]) -> np.ndarray:
        wanted = frozenset(wanted)
        return self._chosen([number for number in self.by_kind[kind] if not wanted.isdisjoint(self.known[number])])

    def _named(self, kind: str, wanted: Collection[str]) -> np.ndarray:
        found = (self.numbers.get((kind, said(value))) for value in wanted)  # what nobody has heard of is none
        return self._chosen([number for number in found if number is not None])

    def _chosen(self, numbers: list[int]) -> np.ndarray:
        chosen = np.zeros(self._last + 1, bool)
        chosen[numbers] = True
        return chosen

    def newest(self, question: Question, tongues: dict[str, int]) -> np.ndarray:
        """Everything that is let through, the newest first."""
        things = np.flatnonzero(self.columns["audience"])
        things = things[self.let_through(things, question, tongues)]
        return things[np.lexsort((things, self.columns["at"][things]))[::-1]]

    # --- counting -----------------------------------------------------------------------------------------------------

    def facets(self, things: np.ndarray, tongues: dict[str, int]) -> dict[str, dict[str, int]]:
        """Facet → value → how many of these things (each given once)."""
        with self._lock:
            return self._facets(things, tongues)

    def _facets(self, things: np.ndarray, tongues: dict[str, int]) -> dict[str, dict[str, int]]:
        facets = {name: self._counted(self.columns[name][things]) for name in ("kind", "city")}
        facets["city"].pop("", None)
        spoken = self.columns["languages"][things]
        counts = {code: int(np.count_nonzero(spoken & languages_of([number]))) for code, number in tongues.items()}
        facets["language"] = {code: count for code, count in counts.items() if count}
        held = np.bincount(self.columns["themes"][things]) if len(things) else np.zeros(0, np.int64)
        about = np.flatnonzero(held)
        sums = held[about] @ self.held[about].astype(np.int64) if len(about) else np.zeros(len(self.themes), np.int64)
        facets["theme"] = {theme: int(sums[place]) for theme, place in self.themes.items() if place < len(sums) and sums[place]}
        return facets

    def _counted(self, numbers: np.ndarray) -> dict[str, int]:
        counts = np.bincount(numbers) if len(numbers) else np.zeros(0, np.int64)
        return {str(self.known[number]): int(counts[number]) for number in np.flatnonzero(counts).tolist()}


def said(value) -> str:
    """A value as the table `value` keeps it."""
    return json.dumps(value, ensure_ascii=True)


def languages_of(numbers: Collection[int]) -> int:
    """Some languages as one number, a bit for each. SQLite's integers are signed: the 64th language has the sign."""
    return sum(1 << number if number < 63 else -(1 << 63) for number in numbers)
