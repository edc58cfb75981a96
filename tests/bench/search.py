"""A search page over 50,000 generated documents in seven languages, beside the bare FTS5 query in the same file.

PERFORMANCE: embedded search page at 50,000 documents: two words ≤ 5 ms, one common word ≤ 10 ms (p50). Milliseconds are the
asking thread's processor time.
"""

import hashlib
import inspect
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import django
import numpy as np

from .rows import Row

ROOT = Path(__file__).resolve().parents[2]
THINGS = 50_000
LANGUAGES = ("fr", "en", "es", "it", "de", "pt", "ar")
CITIES = 300
VOCABULARY = 12_000  # words of a language, the first of them from the charter, the others made of its syllables
KINDS = (("message", 50), ("practice", 20), ("document", 20), ("city", 8), ("article", 2))
ROUNDS = 9
QUESTIONS = 40
BARE = "SELECT rowid FROM stem WHERE stem MATCH ? LIMIT 10"
BARE_NEWEST = "SELECT id FROM thing ORDER BY at DESC LIMIT 10"
MEMBER = frozenset({"public", "members", "city:5", *(f"room:{room}" for room in range(10))})


def measure() -> list[Row]:
    """The rows of this measurement; builds the index once and keeps it under build/ until its making changes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    django.setup()
    from alliance.search.engines.embedded import Embedded

    folder = _folder()
    if not (folder / "index.sqlite3").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        began = time.perf_counter()
        Embedded(folder / "index.sqlite3").rebuild(documents())
        print(f"  built {THINGS:,} documents in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    engine = Embedded(folder / "index.sqlite3")
    one = list(documents(1))
    words = _words_by_frequency(engine)
    two = [f"{one} {other}" for one, other in _pairs(engine, words)]
    common = _common(words)
    return [
        _page("search page, two words", engine, one, two, "≤ 5 ms"),
        _page("search page, one common word", engine, one, common, "≤ 10 ms"),
        _page(
            "search page, one common word, widened by the thesaurus", engine, one, ["réfugiés", "water", "Bäume", "energía"], ""
        ),
        _page("search page, no words: the newest", engine, one, [""] * 20, ""),
        _update(engine),
    ]


def _folder() -> Path:
    """Named by all that has a say in what is in the file."""
    from alliance.search.engines import expression, tables

    makers = (Path(tables.__file__), Path(expression.__file__), *sorted((ROOT / "alliance/languages").glob("*ing.py")))
    told = [path.read_text() for path in makers] + [inspect.getsource(part) for part in (documents, _audience, _Speech)]
    name = hashlib.sha256("".join(told).encode()).hexdigest()[:12]
    for old in (ROOT / "build" / "bench").glob("search-*"):
        if old.name != f"search-{name}":
            shutil.rmtree(old, ignore_errors=True)
    return ROOT / "build" / "bench" / f"search-{name}"


# --- what is searched ---------------------------------------------------------------------------------------------------


def documents(count: int = THINGS) -> Iterator:
    """Documents in seven languages, always the same: most in one language, some in two, few in four."""
    from alliance.search import thesaurus
    from alliance.search.index import Document, Text

    chance = random.Random(7)
    spoken = {language: _Speech(language, chance) for language in LANGUAGES}
    themes = [row["id"] for row in thesaurus.themes("en")]
    begun = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(1, count + 1):
        kind = chance.choices([name for name, _share in KINDS], [share for _name, share in KINDS])[0]
        languages = chance.sample(LANGUAGES, chance.choices((1, 2, 4), (80, 15, 5))[0])
        city = chance.randrange(CITIES)
        length = (10, 40) if kind == "message" else (60, 160)
        yield Document(
            kind=kind,
            id=number,
            version=1,
            source_language=languages[0],
            texts={code: Text(spoken[code].said(3, 9), spoken[code].said(*length)) for code in languages},
            audience=_audience(chance, city),
            path=f"/{kind}s/{number}/",
            themes=tuple(chance.sample(themes, chance.randint(1, 3))) if kind == "practice" else (),
            city=f"city-{city}",
            at=begun + timedelta(minutes=20 * number),
        )


def _audience(chance: random.Random, city: int) -> frozenset[str]:
    whose = f"city:{city}"
    return chance.choices(
        [
            frozenset({whose, "public"}),
            frozenset({whose, "members"}),
            frozenset({whose, f"city:{chance.randrange(CITIES)}"}),
            frozenset({f"room:{chance.randrange(200)}"}),
        ],
        (60, 20, 10, 10),
    )[0]


class _Speech:
    """Words of one language, as often as the law of Zipf has it."""

    def __init__(self, language: str, chance: random.Random):
        edition = json.loads((ROOT / "alliance/accord/data/edition-1.json").read_text())
        texts = [article[part][language] for article in edition["articles"] for part in ("title", "body")]
        own = [word for text in texts for word in text.split() if word.isalpha()]
        self.words = sorted(set(own), key=lambda word: (-own.count(word), word))
        syllables = [word[at : at + 3] for word in self.words for at in range(0, len(word) - 2, 3)]
        while len(self.words) < VOCABULARY:
            self.words.append("".join(chance.choice(syllables) for _syllable in range(chance.randint(2, 4))))
        self.weights = np.cumsum(1 / np.arange(3, len(self.words) + 3))
        self.chance = np.random.default_rng(chance.randrange(2**32))

    def said(self, least: int, most: int) -> str:
        drawn = self.chance.random(self.chance.integers(least, most)) * self.weights[-1]
        return " ".join(self.words[place] for place in np.searchsorted(self.weights, drawn).tolist())


# --- what is asked ------------------------------------------------------------------------------------------------------


def _words_by_frequency(engine) -> list[tuple[str, str, int]]:
    """(word, language, rows that hold it) for the charter's words, the most frequent first; small words left out."""
    from alliance.languages.stemming import is_small, stems
    from alliance.search.engines import tables
    from alliance.search.engines.expression import tag_of

    connection = engine.file.connection()
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.held USING fts5vocab(main, stem, row)")
    chance = random.Random(7)
    found = []
    for code, tongue in tables.tongues(connection).items():
        for word in _Speech(code, chance).words[:200]:
            if len(word) > 3 and not is_small(word, code):
                term = stems(word, code)[0] + tag_of(tongue)
                held = connection.execute("SELECT doc FROM temp.held WHERE term = ?", (term,)).fetchone()
                found.append((word, code, held[0] if held else 0))
    return sorted(found, key=lambda row: -row[2])


def _common(words: list[tuple[str, str, int]]) -> list[str]:
    """The commonest words of all."""
    return [word for word, _code, _held in words[:QUESTIONS]]


def _pairs(engine, words: list[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """Pairs of frequent words of one language."""
    chance = random.Random(11)
    pairs = []
    while len(pairs) < QUESTIONS:
        one, other = chance.sample(words[:300], 2)
        if one[1] == other[1]:
            pairs.append((one[0], other[0]))
    return pairs


def _page(name: str, engine, one: list, questions: list[str], goal: str) -> Row:
    """p50 of a first page with total, facets and highlights; the ratio to the bare query is in the detail."""
    from alliance.search.engines import Question, tables
    from alliance.search.engines.asking import Asking
    from alliance.search.engines.expression import expression
    from alliance.search.words import sought

    connection = engine.file.connection()
    tongues = tables.tongues(connection)

    def bare(text: str) -> Callable:
        match = expression(Asking(sought(text, expand="widened" in name), {}), tongues, widened=True)
        sql, given = (BARE, (match,)) if match else (BARE_NEWEST, ())
        return lambda: connection.execute(sql, given).fetchall()

    ours, least, found = [], [], []
    for turn in range(ROUNDS):
        engine.put(one)  # what is remembered from one question to the next is forgotten, as in life
        for place, text in enumerate(questions):
            answer, spent = _timed(lambda text=text: engine.ask(Question(text, "fr", MEMBER, expand="widened" in name, size=10)))
            _rows, floor = _timed(bare(text))
            if not turn:  # fills the caches
                ours.append([])
                least.append([])
                found.append(answer.total)
            else:
                ours[place].append(spent)
                least[place].append(floor)
    # Of each question the round least disturbed by what else the machine does; the p99 is of all rounds.
    p50, floor = median(map(min, ours)), median(map(min, least))
    detail = f"p99 of all rounds {_p99([spent for taken in ours for spent in taken]):.1f} ms; "
    detail += f"{median(found):,.0f} found (most {max(found):,}); bare FTS5, 10 rows: {floor:.2f} ms, {p50 / floor:.1f} ×"
    return Row(name, p50, goal, detail if goal else f"ms p50; {detail}")


def _update(engine) -> Row:
    """One thing put anew, with its commit, against a bare insert into the same FTS5 table with its commit."""
    from dataclasses import replace

    things = list(documents(400))
    connection = engine.file.connection()
    ours, bare = [], []
    words = "une ville ouverte accueille des personnes " * 10
    for number, thing in enumerate(things):
        again = replace(thing, version=2 + int(time.time()))
        _none, spent = _timed(lambda again=again: engine.put([again]))
        ours.append(spent)

        def inserted(number=number):
            connection.execute("INSERT INTO stem (rowid, title, body) VALUES (?, 'x', ?)", (2**61 + number, words))

        _none, least = _timed(inserted)
        bare.append(least)
        connection.execute("DELETE FROM stem WHERE rowid = ?", (2**61 + number,))
    detail = f"ms p50, p99 {_p99(ours):.2f} ms; bare FTS5 insert {median(bare):.2f} ms, {median(ours) / median(bare):.1f} ×"
    return Row("one update of the search index, with commit", median(ours), "", detail)


def _timed(what: Callable) -> tuple:
    """What came of it, and the milliseconds of processor time it took: what else runs on the machine should not count."""
    began = time.thread_time()
    said = what()
    return said, (time.thread_time() - began) * 1000


def _p99(spent: list[float]) -> float:
    return quantiles(spent, n=100)[98]
