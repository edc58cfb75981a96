"""The thesaurus of themes: what a concept is called in each language, and what it is part of."""

import json
from functools import cache
from pathlib import Path

from alliance.languages.folding import words_of
from alliance.languages.stemming import stems
from alliance.languages.tongues import CODES

DATA = Path(__file__).resolve().parent / "data" / "themes.json"
ADDED_MOST = 24  # phrases that one concept adds to a question


@cache
def _concepts() -> dict[str, dict]:
    rows = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else []
    return {row["id"]: row for row in rows}


def concept(theme: str) -> dict | None:
    """A concept by its id."""
    return _concepts().get(theme)


def label(theme: str, language: str) -> str:
    """What a concept is called; its id when we do not know it."""
    known = concept(theme)
    return known["label"].get(language) or known["label"]["en"] if known else theme


def narrower(theme: str) -> list[str]:
    """The concept and all that is part of it."""
    found = [theme]
    for one in found:
        found += [row["id"] for row in _concepts().values() if row.get("broader") == one and row["id"] not in found]
    return found


def themes(language: str) -> list[dict]:
    """Every concept in a language, the broad ones first, each followed by its parts."""
    rows = [{"id": row["id"], "label": label(row["id"], language), "broader": row.get("broader")} for row in _concepts().values()]
    tops = [row for row in rows if not row["broader"]]
    order = []
    for top in tops:
        order += [top, *(row for row in rows if row["broader"] and row["id"] in narrower(top["id"]))]
    return order


def _keys(phrase: str, language: str) -> tuple[str, ...]:
    return tuple(stems(word, language)[0] for word, _start, _end in words_of(phrase))


@cache
def _named() -> dict[tuple[str, ...], str]:
    """(stems of a name) → concept, over every name in every language."""
    named = {}
    for row in _concepts().values():
        for language in CODES:
            for phrase in (row["label"].get(language, ""), *row.get("also", {}).get(language, [])):
                if keys := _keys(phrase, language):
                    named.setdefault(keys, row["id"])
    return named


def expand(text: str) -> list[dict]:
    """The concepts that a question names, in any language: `{"term", "concept", "added": [phrases in every language]}`."""
    words = [word for word, _start, _end in words_of(text)][:12]
    found: list[dict] = []
    taken: set[int] = set()
    for length in (4, 3, 2, 1):
        for first in range(len(words) - length + 1):
            span = set(range(first, first + length))
            if span & taken:
                continue
            phrase = " ".join(words[first : first + length])
            known = next((_named()[keys] for language in CODES if (keys := _keys(phrase, language)) in _named()), None)
            if known and known not in {row["concept"] for row in found}:
                taken |= span
                found.append({"term": phrase, "concept": known, "added": _names(known, phrase)})
    return found


def _names(theme: str, but: str) -> list[str]:
    row = _concepts()[theme]
    names = [row["label"].get(code, "") for code in CODES]
    names += [phrase for code in CODES for phrase in row.get("also", {}).get(code, [])]
    return [name for name in dict.fromkeys(names) if name and name.casefold() != but.casefold()][:ADDED_MOST]
