"""Where in a text the words of some stems stand."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from .folding import flat, fold, words_alone, words_of
from .stemming import LONGEST, known

KEPT_MOST = 1_000  # sets of stems whose beginnings are remembered
# In these a stem without its last two letters begins each of its words, once the text is flat (see folding.flat). German stems
# have lost the e of ae, oe and ue, and keep two s where a flat text has one for ß.
BEGUN = frozenset({"fr", "en", "es", "it", "de", "pt"})
_GERMAN = re.compile("[aou]|s(?=s)")


def spots(text: str, language: str, wanted: frozenset[str], needles: Collection[str] = ()) -> list[tuple[int, int]]:
    """(start, end) of the words of a text that have one of the wanted stems, in order.

    `needles`: where a text can only be gone through word by word, one that was never met before is looked at only if one of
    these stands in it, folded.
    """
    plain = flat(text) if language in BEGUN else None
    if plain is None:
        return sorted(_among_all(text, language, wanted, needles))
    return sorted(_among_begun(text, b" %b " % plain, language, wanted))


def _among_begun(text: str, plain: bytes, language: str, wanted: frozenset[str]) -> set[tuple[int, int]]:
    """Of the words that begin as a wanted stem does: hardly more than the wanted ones. `plain` is one place ahead of `text`."""
    stems_of = known(language)
    found: set[tuple[int, int]] = set()
    joined = b"'" in plain
    for beginning in _beginnings(wanted, language):
        for first in (b" " + beginning, b"'" + beginning) if joined else (b" " + beginning,):
            at = plain.find(first)
            while at >= 0:
                start, stop = plain.rfind(b" ", 0, at + 1), plain.find(b" ", at + 1)
                if joined and b"'" in plain[start:stop]:
                    for word, begin, end in words_of(text[start : stop - 1]):
                        if not wanted.isdisjoint(stems_of[word[:LONGEST]]):
                            found.add((start + begin, start + end))
                elif not wanted.isdisjoint(stems_of[text[start : min(stop - 1, start + LONGEST)]]):
                    found.add((start, stop - 1))
                at = plain.find(first, stop)
    return found


@lru_cache(maxsize=KEPT_MOST)
def _beginnings(wanted: frozenset[str], language: str) -> tuple[bytes, ...]:
    """How the words of these stems begin in a flat text."""
    found: dict[bytes, None] = {}
    for stem in sorted(wanted):
        beginning = stem[: max(1, len(stem) - 2)]
        if language == "de" and (met := _GERMAN.search(beginning)):
            beginning = beginning[: met.end()]
        if beginning.isascii():  # no word of a flat text has another
            found[beginning.encode()] = None
    return tuple(one for one in found if not any(one != other and one.startswith(other) for other in found))


def _among_all(text: str, language: str, wanted: frozenset[str], needles: Collection[str]) -> Iterable[tuple[int, int]]:
    """Of all words. Which of them are wanted is found first: most are not."""
    text = text.replace("_", " ")
    for word in _wanted_among(words_alone(text), language, wanted, needles):
        start = text.find(word)
        while start >= 0:
            stop = start + len(word)
            if not words_alone(text[max(start - 1, 0) : start] + text[stop : stop + 1]):  # a whole word
                yield start, stop
            start = text.find(word, stop)


def _wanted_among(words: Iterable[str], language: str, wanted: frozenset[str], needles: Collection[str] = ()) -> set[str]:
    """Those of many words that have one of the wanted stems."""
    stems_of = known(language)
    words = set(words)
    unmet = [word for word in words if word not in stems_of]
    found = set().union(*(words.intersection(stems_of.words.get(stem, ())) for stem in wanted))
    for word in unmet:
        hopeful = not needles or any(needle in fold.__wrapped__(word, language) for needle in needles)
        if hopeful and not wanted.isdisjoint(stems_of[word[:LONGEST]]):
            found.add(word)
    return found
