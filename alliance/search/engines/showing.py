"""Stems of a text for the index, and an excerpt of it for the reader."""

from html import escape

from alliance.languages.folding import words_of
from alliance.languages.stemming import stems

LENGTH = 240  # characters of an excerpt


def stemmed(text: str, language: str) -> str:
    """A text as its stems; where a word has two, both stand one after the other."""
    return " ".join(stem for word, _start, _end in words_of(text) for stem in stems(word, language))


def excerpt(text: str, language: str, wanted: set[str]) -> str:
    """The part of a text in which most of what is wanted stands, as HTML: escaped, with <mark> around it."""
    spots = []
    for word, start, end in words_of(text[:200_000]):
        if any(stem in wanted for stem in stems(word, language)):
            spots.append((start, end))
    if not spots:
        return escape(_cut(text, 0))
    first = max(spots, key=lambda spot: sum(spot[0] <= other[0] < spot[0] + LENGTH for other in spots[:400]))[0]
    begin = max(text.rfind(" ", 0, max(first - 40, 0)) + 1, 0) if first > 60 else 0
    end = min(begin + LENGTH, len(text))
    shown, at = [], begin
    for start, stop in spots:
        if start >= at and stop <= end:
            shown += [escape(text[at:start]), "<mark>", escape(text[start:stop]), "</mark>"]
            at = stop
    shown.append(escape(text[at:end]))
    return ("… " if begin else "") + " ".join("".join(shown).split()) + (" …" if end < len(text) else "")


def _cut(text: str, begin: int) -> str:
    piece = " ".join(text[begin : begin + LENGTH].split())
    return piece + (" …" if len(text) > begin + LENGTH else "")
