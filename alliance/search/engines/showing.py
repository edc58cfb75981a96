"""An excerpt of a text for the reader: where what they asked for stands, marked. By our own offsets, never by the engine's."""

from bisect import bisect
from html import escape

from alliance.languages.spotting import spots

LENGTH = 240  # characters of an excerpt
BEFORE = 50  # characters that lead to the first mark
NEAR = 30  # marks among which the best beginning is looked for
STEP = 360  # characters looked at in one go
FURTHEST = 200_000  # characters looked at in all


def excerpt(text: str, language: str, wanted: frozenset[str]) -> str:
    """The first part of a text in which what is wanted stands, as HTML: escaped, with <mark> around it; else its beginning."""
    marks = _marks(text, language, wanted) if wanted else []
    if not marks:
        return escape(" ".join(text[:LENGTH].split())) + (" …" if len(text) > LENGTH else "")
    # Of the marks near the first, begin with the one that has most others behind it.
    starts = [start for start, _end in marks[:NEAR]]
    first = max(starts, key=lambda at: (bisect(starts, at + LENGTH - 1) - bisect(starts, at), -at))
    begin = 0 if first < 2 * BEFORE else _beginning(text, first)
    end = min(begin + LENGTH, len(text))
    if end < len(text):
        cut = text.rfind(" ", end - 40, end)
        end = cut if cut > first + 1 else end
    pieces, at = [], begin
    for start, stop in marks:
        if start >= at and stop <= max(end, marks[0][1]):
            pieces += [escape(text[at:start]), "<mark>", escape(text[start:stop]), "</mark>"]
            at = stop
    pieces.append(escape(text[at:end]))
    shown = " ".join("".join(pieces).split())
    return ("… " if begin else "") + shown + (" …" if max(at, end) < len(text) else "")


def _beginning(text: str, first: int) -> int:
    """Where an excerpt begins that leads to the mark at `first`: with a whole word, unless the word before it has no end."""
    near = first - BEFORE
    gap = max(text.rfind(sign, first - 2 * BEFORE, near) for sign in " \n")
    if gap < 0:
        gap = min((at for sign in " \n" if (at := text.find(sign, near, first)) >= 0), default=near - 1)
    return gap + 1


def _marks(text: str, language: str, wanted: frozenset[str]) -> list[tuple[int, int]]:
    """(start, end) of the wanted words in the first stretch of text that holds one, and a little further."""
    needles: tuple[str, ...] = ()
    until = min(len(text), FURTHEST)
    begin = 0
    while begin < until:
        end = _end_of_stretch(text, begin, until)
        if found := spots(text[begin:end], language, wanted, needles):
            after = spots(text[end : end + LENGTH], language, wanted) if end < until else []
            return [(begin + start, begin + stop) for start, stop in found] + [(end + start, end + stop) for start, stop in after]
        # A stem without its last letters nearly always stands in the folded word: of a long text, words without any are not
        # stemmed. Arabic stems change the inside of a word.
        needles = needles or (tuple({stem[: max(2, len(stem) - 2)] for stem in wanted}) if language != "ar" else ())
        begin = end
    return []


def _end_of_stretch(text: str, begin: int, until: int) -> int:
    end = min(begin + STEP, until)
    if end < until:
        space = text.rfind(" ", begin + STEP // 2, end)
        end = space + 1 if space > 0 else end
    return end
