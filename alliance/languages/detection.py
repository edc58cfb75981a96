"""Guessing a text's language."""

import threading
from collections.abc import Iterable
from functools import cache

from .tongues import CODES

_lock = threading.Lock()
ENOUGH = 12  # characters: fewer say nothing


@cache
def _judge():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    judge = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    judge.set_languages(sorted(CODES))
    return judge


def guess(text: str, among: Iterable[str] = CODES) -> str | None:
    """The likeliest language of a text among some of ours, or None when the text is too short or the guess too weak."""
    if len(text.strip()) < ENOUGH:
        return None
    with _lock:
        language, probability = _judge().classify(text[:2000])
    return language if probability > 0.8 and language in set(among) else None
