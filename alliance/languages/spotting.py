"""Where in a text the words of some stems stand."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from .folding import flat, fold, words_alone, words_of
from .stemming import LONGEST, known

KEPT_MOST = 1_000  # sets of stems whose beginnings are remembered
# In these a stem without its last two letters begins each of its words, once the text is flat (see folding.flat); so many
# letters are left of a short one (English lying → lie, Portuguese pões → pa). A stem keeps two s where a flat text has one for ß,
# and a German one has lost the e of ae, oe and ue.
LEAST = {"fr": 2, "en": 1, "es": 2, "it": 2, "de": 1, "pt": 1}
# Words that their apostrophe does not part (see folding.words_of): aujourd’hui, n’a; nor city’s, which the same rule shortens.
_WHOLE = re.compile(rb"(?<=[ '])(?:[^ ']{6,}'(?!(?:s|t|re|ll|ve|d|m)[ '])[^ ']|[^ ']+'[^ 'stdm](?=[ ']))")
_UNSURE = re.compile("s(?=s)")
_UNSURE_GERMAN = re.compile("[aou]|s(?=s)")


def spots(text: str, language: str, wanted: frozenset[str], needles: Collection[str] = ()) -> list[tuple[int, int]]:
    """(start, end) of the words of a text that have one of the wanted stems, in order.

    `needles`: where a text can only be gone through word by word, one that was never met before is looked at only if one of
    these stands in it, folded.
    """
    plain = flat(text) if language in LEAST else None
    if plain is None:
        return sorted(_among_all(text, language, wanted, needles))
    return sorted(_among_begun(text, b" %b " % plain, language, wanted))


def _among_begun(text: str, plain: bytes, language: str, wanted: frozenset[str]) -> set[tuple[int, int]]:
    """Of the words that begin as a wanted stem does: hardly more than the wanted ones. `plain` is one place ahead of `text`."""
    stems_of = known(language)
    found: set[tuple[int, int]] = set()
    joined = b"'" in plain
    maybe = [met.start() for met in _WHOLE.finditer(plain)] if joined else []  # within runs of letters and apostrophes
    for beginning in _beginnings(wanted, language, joined):
        at = plain.find(beginning)
        while at >= 0:
            start, stop = plain.rfind(b" ", 0, at + 1), plain.find(b" ", at + 1)
            if joined and b"'" in plain[start:stop]:
                maybe.append(start + 1)
            elif not wanted.isdisjoint(stems_of[text[start : min(stop - 1, start + LONGEST)]]):
                found.add((start, stop - 1))
            at = plain.find(beginning, stop)
    for start, stop in {(plain.rfind(b" ", 0, at), plain.find(b" ", at) - 1) for at in maybe}:
        for word, first, last in words_of(text[start:stop].replace("'", "’")):  # as words_alone tells them
            if not wanted.isdisjoint(stems_of[word[:LONGEST]]):
                found.add((start + first, start + last))
    return found


@lru_cache(maxsize=KEPT_MOST)
def _beginnings(wanted: frozenset[str], language: str, joined: bool) -> tuple[bytes, ...]:
    """How the words of these stems begin in a flat text, with the space before or, in a `joined` one, the apostrophe."""
    found: dict[bytes, None] = {}
    for stem in sorted(wanted):
        beginning = stem[: max(LEAST[language], len(stem) - 2)]
        if met := (_UNSURE_GERMAN if language == "de" else _UNSURE).search(beginning):
            beginning = beginning[: met.end()]
        if beginning.isascii():  # no word of a flat text has another
            found[beginning.encode()] = None
    shortest = [one for one in found if not any(one != other and one.startswith(other) for other in found)]
    return tuple(before + one for before in ((b" ", b"'") if joined else (b" ",)) for one in shortest)


def _among_all(text: str, language: str, wanted: frozenset[str], needles: Collection[str]) -> Iterable[tuple[int, int]]:
    """Of all words. Which of them are wanted is found first: most are not."""
    text = text.replace("_", " ").replace("'", "’").replace("ʼ", "’")  # as words_alone tells them
    parted: set[tuple[int, int]] = set()
    for word in _wanted_among(words_alone(text), language, wanted, needles):
        start = text.find(word)
        while start >= 0:
            stop = start + len(word)
            beside = text[max(start - 1, 0) : start] + text[stop : stop + 1]
            if "’" in beside:
                parted = parted or {(first, last) for _word, first, last in words_of(text)}
            if (start, stop) in parted if "’" in beside else not words_alone(beside):  # a whole word
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
