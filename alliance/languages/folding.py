"""Words as search sees them: without case, accents, vowel signs and the spellings that people mix."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Signs that stand on or inside a word and belong to it: accents written apart, Hebrew and Arabic vowel signs, the signs of
# Indian scripts, joiners, the soft hyphen. Python's \w knows none of them, and would cut مَدِينَة into four.
_SIGNS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u00ad\u200c\u200d"
)
# The underscore is a letter to \w, but not to us: it is blanked out before.
_PART = rf"[\w{_SIGNS}]+"
_WORD = re.compile(rf"({_PART})(?:['’ʼ]({_PART}))?")
_UNJOINED = re.compile(_PART)
_ENDINGS = frozenset({"s", "t", "re", "ll", "ve", "d", "m"})  # city’s, don’t, we’re: the word stands before the apostrophe
_ELIDED_MOST = 5  # l’, qu’, dell’, all’, quest’: the word stands after it

# Every accent and vowel sign that stands alone once a text is decomposed (of the Basic Multilingual Plane).
_COMBINING = re.compile(f"[{''.join(chr(code) for code in range(0x300, 0xFE30) if unicodedata.combining(chr(code)))}]+")

# What a flat text may hold beyond Latin-1: quotation marks, dashes and spaces, of which none belongs to a word.
_NOT_FLAT = re.compile("[^\x00-\xff‘“”„‟‹›‐‑‒–—―…•‰′″€™\u2002-\u200a\u2028\u2029\u202f]")

_TURKISH = str.maketrans({"İ": "i", "I": "ı"})
_LETTERS = str.maketrans(
    # What has no decomposition in Unicode. Arabic: hamza on any seat, alif maqsura, ta marbuta, Persian kaf and ya.
    {"ß": "ss", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ł": "l", "ŀ": "l", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "n"}
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ک": "ك", "ی": "ي"}
    | {chr(first + digit): str(digit) for first in (0x660, 0x6F0) for digit in range(10)}
    # Tatweel, joiners, direction marks, apostrophes, the soft hyphen and the byte order mark say nothing.
    | dict.fromkeys("ـ'’ʼ\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
)


def lowered(word: str, language: str = "") -> str:
    """In small letters, as the language writes them: Turkish İ→i and I→ı."""
    return (word.translate(_TURKISH) if language == "tr" else word).lower()


@lru_cache(maxsize=65_536)
def fold(word: str, language: str = "") -> str:
    """A word, or a whole text, without case and accents. Turkish is lowered its own way (İ→i, I→ı); both then meet at i."""
    if word.isascii():
        return word.translate(_LETTERS).lower()
    if language == "tr":
        word = lowered(word, language)
    plain = unicodedata.normalize("NFKC", word).casefold().translate(_LETTERS)
    if plain.isascii():
        return plain
    bare = _COMBINING.sub("", unicodedata.normalize("NFKD", plain))
    return bare.translate(_LETTERS)  # a presentation form shows its letters only now


def _one_byte(letter: str) -> int:
    """What stands for a letter of Latin-1 in a flat text: 0 where none can, because it folds to two letters or to nothing."""
    if letter == "'":
        return ord(letter)
    if letter == "_" or not _UNJOINED.match(letter):
        return ord(" ")
    plain = fold.__wrapped__(letter).replace("ss", "s")
    return ord(plain) if len(plain) == 1 and plain.isascii() else 0


_FLAT = bytes(map(_one_byte, map(chr, range(256))))


def flat(text: str) -> bytes | None:
    """A text with one byte for each of its characters: folded letters (ß is one s), apostrophes, spaces for all else.

    None when a letter of it has no such byte. Made for seeing quickly where a word may stand in a text, or that it does not.
    """
    text = text.replace("’", "'")
    try:
        bare = text.encode("latin-1")
    except UnicodeEncodeError:
        if _NOT_FLAT.search(text):
            return None
        bare = text.encode("latin-1", "replace")  # by "?", which is a space as they are
    bare = bare.translate(_FLAT)
    return None if 0 in bare else bare


def words_of(text: str) -> Iterator[tuple[str, int, int]]:
    """(word, start, end) for every word of a text, in characters; elided articles (l’, d’, dell’) and English ’s are left out."""
    for match in _WORD.finditer(text.replace("_", " ")):
        part = _kept(*match.groups()) if match.lastindex == 2 else 1
        yield match.group(part), match.start(part), match.end(part)


def words_alone(text: str) -> list[str]:
    """The same words without their places."""
    text = text.replace("_", " ")
    if "’" not in text and "'" not in text and "ʼ" not in text:
        return _UNJOINED.findall(text)
    found = _WORD.findall(text)
    return [head if not tail else (f"{head}’{tail}", head, tail)[_kept(head, tail)] for head, tail in found]


def _kept(head: str, tail: str) -> int:
    """Which part of what an apostrophe joins is the word: 1, 2, or 0 for both (aujourd’hui)."""
    if tail.lower() in _ENDINGS:
        return 1
    return 2 if len(head) <= _ELIDED_MOST and len(tail) > 1 else 0
