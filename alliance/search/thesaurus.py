"""The thesaurus of themes: what a concept is called in each language, and what it is part of.

`data/themes.json` is a list of `{"id", "broader", "label": {language: name}, "also": {language: [other names]}}`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from alliance.languages.folding import fold, words_alone
from alliance.languages.stemming import stems
from alliance.languages.tongues import CODES

DATA = Path(__file__).resolve().parent / "data" / "themes.json"
ADDED_MOST = 40  # names that one concept adds to a question
NAME_MOST = 5  # words of a name


@dataclass(frozen=True)
class Span:
    """Some neighbouring words of a question that name a concept: `words[first : first + length]`."""

    first: int
    length: int
    concept: str


@cache
def _concepts() -> dict[str, dict]:
    return {row["id"]: row for row in json.loads(DATA.read_text(encoding="utf-8"))}


def concept(theme: str) -> dict | None:
    """A concept by its id."""
    return _concepts().get(theme)


def label(theme: str, language: str) -> str:
    """What a concept is called; its id when we do not know it."""
    known = concept(theme)
    return known["label"].get(language) or known["label"]["en"] if known else theme


@lru_cache(maxsize=1024)
def _narrower(theme: str) -> tuple[str, ...]:
    found = [theme]
    for one in found:
        found += [row["id"] for row in _concepts().values() if row.get("broader") == one and row["id"] not in found]
    return tuple(found)


def narrower(theme: str) -> list[str]:
    """The concept and all that is part of it, at any depth."""
    return list(_narrower(theme)) if theme in _concepts() else [theme]


def themes(language: str) -> list[dict]:
    """Every concept in a language, the broad ones first, each followed by its parts: `{"id", "label", "broader"}`."""
    rows = _concepts().values()
    tops = [row["id"] for row in rows if not row.get("broader")]
    order = [theme for top in tops for theme in narrower(top)]
    return [{"id": theme, "label": label(theme, language), "broader": _concepts()[theme].get("broader")} for theme in order]


@lru_cache(maxsize=4096)
def names(theme: str, language: str) -> tuple[str, ...]:
    """What a concept is called in one language, its label first."""
    row = _concepts()[theme]
    said = [row["label"].get(language, ""), *row.get("also", {}).get(language, [])]
    return tuple(name for name in dict.fromkeys(said) if name)


def _keys(words: Sequence[str], language: str) -> list[tuple[str, ...]]:
    """A name as its stems, and by its second stems where it has them."""
    found = [stems(word, language) for word in words]
    return list(dict.fromkeys(tuple(each[turn if turn < len(each) else 0] for each in found if each) for turn in (0, 1)))


@cache
def _named(language: str) -> dict[tuple[str, ...], str]:
    """(stems of a name) → concept, over every name in one language."""
    named: dict[tuple[str, ...], str] = {}
    for theme in _concepts():
        for name in names(theme, language):
            for key in _keys(words_alone(name), language):
                if key:
                    named.setdefault(key, theme)
    return named


def spans(words: Sequence[str], language: str = "") -> list[Span]:
    """The concepts that a question's words name, in any language (the reader's is tried first); the longest names win."""
    order = sorted(CODES, key=lambda code: code != language)
    found: list[Span] = []
    taken: set[int] = set()
    for length in range(min(NAME_MOST, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            places = set(range(first, first + length))
            if places & taken:
                continue
            phrase = words[first : first + length]
            theme = next((_named(code)[key] for code in order for key in _keys(phrase, code) if key in _named(code)), None)
            if theme and theme not in {span.concept for span in found}:
                taken |= places
                found.append(Span(first, length, theme))
    return sorted(found, key=lambda span: span.first)


def added(span: Span, words: Sequence[str]) -> dict:
    """What a span adds to the question: `{"term", "concept", "added": [names in every language]}`."""
    term = " ".join(words[span.first : span.first + span.length])
    every = dict.fromkeys(name for code in CODES for name in names(span.concept, code))
    return {
        "term": term,
        "concept": span.concept,
        "added": [name for name in every if fold(name) != fold(term)][:ADDED_MOST],
    }


def expand(words: Sequence[str], language: str = "") -> list[dict]:
    """The concepts that words name, each with its names in every language: `[{"term", "concept", "added"}]`."""
    return [added(span, words) for span in spans(words, language)]
