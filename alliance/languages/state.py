"""The language state of a text: which language it was written in, and what every other language's text is worth.

The words themselves live in modeltranslation's columns (`title_fr`, `title_ar`, …); this is what stands beside them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import get_language

from .tongues import CODES

ORIGINAL, HUMAN, MACHINE, CHECKED = "original", "human", "machine", "checked"
TRANSLATION_ORIGINS = (HUMAN, MACHINE, CHECKED)


class Worded(models.Model):
    """Something written by people: its source language, and the state of each other language.

    `language_states` maps a language to `{"origin": "human", "of": 3}`: a human translation of the source's third wording.
    It is stale when the source has been reworded since (`of < wording`). `version` grows with every change of any kind.
    """

    source_language = models.CharField(max_length=8)
    language_states = models.JSONField(default=dict, blank=True)
    wording = models.PositiveIntegerField(default=1)
    version = models.PositiveBigIntegerField(default=1)

    class Meta:
        abstract = True


def reader_language() -> str:
    """The language that the present reader asked for, as one of ours."""
    code = (get_language() or "en").split("-")[0]
    return code if code in CODES else "en"


def available(source: str, states: Mapping[str, Any]) -> list[str]:
    """The languages a text exists in, the source first, then in the order of the interface."""
    return [source, *(code for code in CODES if code in states and code != source)]


def shown_language(asked: str, source: str, states: Mapping[str, Any]) -> str:
    """The asked language where the text exists in it; else the one it was written in."""
    return asked if asked in states else source


def note(asked: str, source: str, states: Mapping[str, Any], wording: int) -> dict[str, Any]:
    """The language note of the API and the pages: what is shown, what was asked, and what the shown text is worth."""
    shown = shown_language(asked, source, states)
    state = states.get(shown, {}) if shown != source else {}
    return {
        "shown": shown,
        "asked": asked,
        "source": source,
        "origin": ORIGINAL if shown == source else state.get("origin", HUMAN),
        "stale": shown != source and state.get("of", wording) < wording,
        "available": available(source, states),
    }


def note_of(thing: Worded, asked: str | None = None) -> dict[str, Any]:
    """`note` for a model instance, in the present reader's language unless told."""
    return note(asked or reader_language(), thing.source_language, thing.language_states, thing.wording)


def text_of(thing: models.Model, field: str, language: str) -> str:
    """The words of `field` in exactly `language`; empty when there are none."""
    return getattr(thing, f"{field}_{language}", None) or ""


def texts_of(thing: models.Model, fields: Iterable[str], language: str) -> dict[str, str]:
    """Every one of `fields` in exactly `language`."""
    return {field: text_of(thing, field, language) for field in fields}


def write(thing: Worded, language: str, texts: Mapping[str, str], *, origin: str) -> bool:
    """Set `texts` under `language` on the (unsaved) thing and keep its state true. Returns whether anything changed.

    Writing the source language rewords the thing, which makes every translation stale. A machine text never overwrites a
    human or checked one: then nothing is written and False comes back.
    """
    standing = thing.language_states.get(language, {})
    if language != thing.source_language and origin == MACHINE and standing.get("origin") in (HUMAN, CHECKED):
        return False
    changed = any(text_of(thing, field, language) != text for field, text in texts.items())
    for field, text in texts.items():
        setattr(thing, f"{field}_{language}", text)
    if language == thing.source_language:
        if changed and thing._state.adding is False:
            thing.wording += 1
        thing.language_states = {**thing.language_states, language: {"origin": ORIGINAL, "of": thing.wording}}
        return changed
    thing.language_states = {**thing.language_states, language: {"origin": origin, "of": thing.wording}}
    return changed or standing != thing.language_states[language]
