"""Words as they are given: checked once, the same way for every noun."""

import re
from typing import Any

from django.utils.translation import gettext as _

from alliance.errors import Invalid

BLANKS = re.compile(r"[^\S\u00a0\u202f]+")  # not the no-break spaces: French keeps its colons with them


def checked(given: Any, field: str, most: int, *, needed: bool = False, lines: bool = True) -> str:
    """The text that was given, without blanks around it, with plain line ends (or, without `lines`, in one line).

    Raises Invalid on `field` when it is no text, longer than `most` characters, cannot be stored, or missing but `needed`.
    """
    if given is None:
        given = ""
    if not isinstance(given, str):
        raise Invalid(_("This is not a text."), field=field)
    # Nothing is normalised before the length is known: over-long input costs nothing.
    if len(given) > 2 * most + 1000:
        raise Invalid(_("Please use at most %(most)s characters.") % {"most": most}, field=field)
    text = given.replace("\r\n", "\n").replace("\r", "\n").strip() if lines else BLANKS.sub(" ", given).strip()
    if len(text) > most:
        raise Invalid(_("Please use at most %(most)s characters.") % {"most": most}, field=field)
    # PostgreSQL refuses NUL, and half a surrogate pair is no character at all.
    if "\x00" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
        raise Invalid(_("This text contains a character that cannot be stored."), field=field)
    if needed and not text:
        raise Invalid(_("Please fill in this field."), field=field)
    return text
