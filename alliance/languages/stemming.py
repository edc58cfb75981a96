"""Stems, by Snowball. A word is stemmed then folded and folded then stemmed: either may be the one that two spellings share."""

import threading
from functools import lru_cache

import Stemmer

from .folding import fold

SNOWBALL = {
    "fr": "french",
    "en": "english",
    "es": "spanish",
    "it": "italian",
    "de": "german",
    "pt": "portuguese",
    "ar": "arabic",
    "tr": "turkish",
    "nl": "dutch",
    "ca": "catalan",
}
_here = threading.local()


def _stemmer(language: str):
    """One stemmer a thread: a Snowball stemmer is not to be shared."""
    kept = getattr(_here, "stemmers", None)
    if kept is None:
        kept = _here.stemmers = {}
    if language not in kept:
        kept[language] = Stemmer.Stemmer(SNOWBALL[language], 0)
    return kept[language]


@lru_cache(maxsize=131_072)
def stems(word: str, language: str) -> tuple[str, ...]:
    """The stems of a word in a language, one or two; in a language that Snowball does not know, the folded word."""
    plain = fold(word, language)
    if language not in SNOWBALL:
        return (plain,)
    stemmer = _stemmer(language)
    late = stemmer.stemWord(plain) or plain
    early = fold(stemmer.stemWord(word.lower()) or word, language)
    if language == "ar" and late.startswith("ال") and len(late) > 4:
        late = late[2:]
    return (late,) if late == early else (late, early)
