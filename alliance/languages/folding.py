"""Words as search sees them: without case, accents, vowel signs and the spellings that people mix."""

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None})
_LATIN = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"})
_TURKISH = str.maketrans({"İ": "i", "I": "ı"})


@lru_cache(maxsize=65_536)
def fold(word: str, language: str = "") -> str:
    """One word without case and accents. Turkish is lowered its own way; Arabic loses vowel signs and mixed spellings."""
    if language == "tr":
        word = word.translate(_TURKISH)
    plain = unicodedata.normalize("NFKC", word).casefold().translate(_LATIN).translate(_ARABIC)
    return "".join(mark for mark in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(mark))


def words_of(text: str) -> list[tuple[str, int, int]]:
    """(word, start, end) for every word of a text, in characters. A leading elided article (l’, d’, dell’) is left out."""
    found = []
    for match in WORD.finditer(text):
        word, start = match.group(), match.start()
        for mark in ("'", "’"):
            head, cut, tail = word.partition(mark)
            if cut and len(head) <= 5 and len(tail) > 1:
                start += len(head) + 1
                word = tail
        found.append((word, start, match.end()))
    return found
