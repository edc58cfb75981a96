"""Guessing a text's language, with py3langid's model of 97 languages; nothing leaves the house."""

import math
import threading
from collections.abc import Iterable
from functools import cache

from .tongues import CODES

ENOUGH = 12  # characters: fewer say nothing
ENOUGH_ARABIC = 4  # a script that only one of ours writes says it sooner
AT_MOST = 2000  # characters that are looked at
SURE = 0.75  # among the languages asked about
AT_HOME = 0.2  # of all the languages of the world: else the text is in none of those asked about
_lock = threading.Lock()


@cache
def _judge():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def guess(text: str, among: Iterable[str] = CODES) -> str | None:
    """The likeliest language of a text among some, or None when it is too short, undecided, or in none of them.

    Any text will do: over-long ones are judged by their beginning.
    """
    asked = set(among)
    text = " ".join(text[: 4 * AT_MOST].encode("utf-8", "ignore").decode().split())[:AT_MOST]
    letters = sum(mark.isalpha() for mark in text)
    arabic = sum("\u0600" <= mark <= "\u06ff" for mark in text) > letters / 2
    if not asked or letters < (ENOUGH_ARABIC if arabic else ENOUGH):
        return None
    with _lock:
        ranked = _judge().rank(text)
    chances = {language: float(chance) for language, chance in ranked if language in asked and not math.isnan(chance)}
    together = sum(chances.values())
    if together < AT_HOME:
        return None
    language = max(chances, key=chances.__getitem__)
    return language if chances[language] / together >= SURE else None
