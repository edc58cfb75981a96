"""The few answers given before Django is asked. Each is a sentence in the reader's language."""

from collections.abc import Mapping
from html import escape

import orjson
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from .pages import folded_language

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


def _language(path: str, headers: Mapping[str, str]) -> str:
    first = path.split("/", 2)[1] if path.count("/") > 1 else ""
    return first if first in dict(settings.LANGUAGES) else folded_language(headers.get("accept-language", ""))


def too_large(path: str, headers: Mapping[str, str]) -> Answer:
    """413: what was sent is larger than we take."""
    with translation.override(_language(path, headers)):
        megabytes = settings.DOCUMENT_MAX_BYTES // (1024 * 1024)
        sentence = _("What you sent is too large. A document may have %(megabytes)d MB at most.") % {"megabytes": megabytes}
        return _answer(413, _("Too large"), sentence, path)


def too_slow(path: str, headers: Mapping[str, str]) -> Answer:
    """408: the rest of what was announced never came."""
    with translation.override(_language(path, headers)):
        return _answer(408, _("Too slow"), _("What you were sending stopped on the way. Please send it again."), path)


def _answer(status: int, title: str, sentence: str, path: str) -> Answer:
    language = translation.get_language() or settings.LANGUAGE_CODE
    if path.startswith("/api/"):
        kind = b"application/problem+json"
        body = orjson.dumps({"type": "about:blank", "title": title, "status": status, "detail": sentence})
    else:
        kind = b"text/html; charset=utf-8"
        side = "rtl" if translation.get_language_bidi() else "ltr"
        body = (
            f'<!doctype html><html lang="{language}" dir="{side}"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
            f"<main><h1>{escape(title)}</h1><p>{escape(sentence)}</p></main></html>"
        ).encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", language.encode()),
        (b"cache-control", b"private, no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    return status, headers, body
