"""The few answers given before Django is asked. Each is a sentence in the reader's language."""

from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import parse_qs

import orjson
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.database import AWAY
from alliance.errors import Unavailable, problem_type

from .pages import folded_language

__all__ = ["AWAY", "database_rests", "needs_database", "no_room", "resting", "too_large", "too_slow"]

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


def _language(path: str, query: str, headers: Mapping[str, str]) -> str:
    """The reader's language, by the rule of frontend.middleware.ReaderLanguage."""
    known = dict(settings.LANGUAGES)
    first = path.split("/", 2)[1] if path.count("/") > 1 else ""
    asked = parse_qs(query).get("lang", [""])[-1].split("-")[0].lower() if path.startswith("/api/") else ""
    return next((code for code in (first, asked) if code in known), None) or folded_language(headers.get("accept-language", ""))


def too_large(path: str, query: str, headers: Mapping[str, str]) -> Answer:
    """413: what was sent is larger than we take."""
    with translation.override(_language(path, query, headers)):
        megabytes = settings.DOCUMENT_MAX_BYTES // (1024 * 1024)
        sentence = _("What you sent is too large. A document may have %(megabytes)d MB at most.") % {"megabytes": megabytes}
        return _answer(413, _("Too large"), sentence, path)


def too_slow(path: str, query: str, headers: Mapping[str, str]) -> Answer:
    """408: the rest of what was announced never came."""
    with translation.override(_language(path, query, headers)):
        return _answer(408, _("Too slow"), _("What you were sending stopped on the way. Please send it again."), path)


def needs_database(path: str) -> bool:
    """Whether an address can only be answered with the database: all but the health page, which says that it rests, and files."""
    return path != "/readyz" and not path.startswith(settings.STATIC_URL)


def resting(path: str, query: str, headers: Mapping[str, str]) -> Answer:
    """503: the database rests."""
    return _rests(database_rests, path, query, headers)


def no_room(path: str, query: str, headers: Mapping[str, str]) -> Answer:
    """503: there is no room on the disk for what was sent."""
    return _rests(
        lambda: Unavailable(_("The file could not be stored. Please try again later."), part="files"), path, query, headers
    )


def _rests(say: Callable[[], Unavailable], path: str, query: str, headers: Mapping[str, str]) -> Answer:
    with translation.override(_language(path, query, headers)):
        rests = say()
        status, lines, body = _answer(503, _("Resting"), str(rests.reason), path, resting=rests.part)
    return status, [*lines, (b"retry-after", b"5")], body


def database_rests() -> Unavailable:
    """What a surface says instead of an AWAY: the driver's own words are for the log."""
    return Unavailable(_("The database is resting. Please try again in a moment."), part="database")


def _answer(status: int, title: str, sentence: str, path: str, **more: str) -> Answer:
    language = translation.get_language() or settings.LANGUAGE_CODE
    if path.startswith("/api/"):
        kind = b"application/problem+json"
        body = orjson.dumps({"type": problem_type(status), "title": title, "status": status, "detail": sentence, **more})
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
