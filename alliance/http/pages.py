"""Public pages, kept as they were sent: for whoever asks without a session, until something changes."""

import gzip
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse, parse_cookie
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

LIMIT = 64 * 1024 * 1024  # bytes of all pages together
PAGE_LIMIT = 2 * 1024 * 1024
LIFE = 300.0  # seconds: for what a page says of the time of day
WORTH_PACKING = 512

_VARIES = {"accept-encoding", "accept-language", "authorization", "cookie", "hx-request"}
_TEXT = re.compile(r"text/|application/(?:[\w.+-]*json|[\w.+-]*xml|javascript)|image/svg", re.IGNORECASE)
_UNKEYED = ("authorization", "content-length", "transfer-encoding", "range")
_FRAGMENT = ("hx-request", "hx-boosted", "hx-target", "hx-history-restore-request")
_KEPT_WITH_304 = {"cache-control", "content-location", "content-language", "etag", "expires", "vary"}

Key = tuple[str, ...]


@dataclass(slots=True)
class Page:
    """One answer: head and body as they go over the wire, and the version of the data it was made from."""

    version: int
    etag: str
    headers: list[tuple[bytes, bytes]]
    body: bytes
    made: float

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers) + 512

    def matches(self, if_none_match: str) -> bool:
        """Whether the client has this very page (RFC 9110 13.1.2, weak comparison)."""
        mine = self.etag.removeprefix("W/")
        return if_none_match.strip() == "*" or mine in (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))

    def unmodified_headers(self) -> list[tuple[bytes, bytes]]:
        """What a 304 says again (RFC 9110 15.4.5)."""
        return [(name, value) for name, value in self.headers if name.decode("latin-1").lower() in _KEPT_WITH_304]


@lru_cache(maxsize=4096)
def folded_language(accepted: str) -> str:
    """The site language that an Accept-Language header comes down to, by the rule of frontend.middleware.ReaderLanguage."""
    known = dict(settings.LANGUAGES)
    for code, _priority in parse_accept_lang_header(accepted[:500].lower()):
        if (language := code.split("-")[0]) in known:
            return language
    return settings.LANGUAGE_CODE


@lru_cache(maxsize=1024)
def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header lets us send gzip."""
    offers = [[part.strip() for part in offer.split(";")] for offer in accepted.lower().split(",")]
    return any(name in ("gzip", "x-gzip") and not re.fullmatch(r"q=0(\.0*)?", (more or [""])[0]) for name, *more in offers)


def key_of(method: str, scheme: str, target: tuple[str, str], headers: Mapping[str, str]) -> Key | None:
    """What the answer may depend on; None when the request must go to Django. `target` is path and query, `headers` lower-case.

    A cookie that is neither the language's nor the form token's means that somebody is known.
    """
    if settings.DEBUG or method not in ("GET", "HEAD") or any(name in headers for name in _UNKEYED):
        return None
    language = ""
    if cookie := headers.get("cookie"):
        cookies = parse_cookie(cookie)
        if cookies.keys() - {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}:
            return None
        language = cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in dict(settings.LANGUAGES):
            language = ""
    if settings.TRUSTED_PROXIES:
        scheme = headers.get("x-forwarded-proto", scheme)
    return (
        headers.get("host", ""),
        scheme,
        *target,
        language or folded_language(headers.get("accept-language", "")),
        language,
        "gzip" if takes_gzip(headers.get("accept-encoding", "")) else "",
        " ".join(headers.get(name, "") for name in _FRAGMENT) if "hx-request" in headers else "",
    )


def may_keep(method: str, headers: Mapping[str, str], response: HttpResponse) -> bool:
    """Whether others may be shown this answer: it says so itself, and nothing in the request could have made it personal."""
    if method != "GET" or response.status_code != 200 or response.streaming or response.cookies:
        return False
    told = {word.strip().lower().partition("=")[0] for word in response.get("Cache-Control", "").split(",")}
    if "public" not in told or told & {"private", "no-store"} or not response.get("ETag"):
        return False
    if not {word.strip().lower() for word in response.get("Vary", "").split(",") if word.strip()} <= _VARIES:
        return False
    # A form token in the cookie may be in the page too, without a Set-Cookie that would betray it.
    return settings.CSRF_COOKIE_NAME not in parse_cookie(headers.get("cookie", "")) and len(response.content) <= PAGE_LIMIT


def page_of(response: HttpResponse, key: Key, version: int) -> Page:
    """The answer as it is kept and sent, packed when the client takes that. Changes the response's own headers alike."""
    patch_vary_headers(response, ["Accept-Encoding"])
    body = response.content
    plain = len(body) >= WORTH_PACKING and not response.has_header("Content-Encoding")
    if key[-2] == "gzip" and plain and _TEXT.match(response.get("Content-Type", "")):
        body = gzip.compress(body, 6, mtime=0)
        response["Content-Encoding"] = "gzip"
        if not response["ETag"].startswith("W/"):  # the same page in other bytes
            response["ETag"] = "W/" + response["ETag"]
    response["Content-Length"] = str(len(body))
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    return Page(version, response["ETag"], headers, body, time.monotonic())


class Pages:
    """The pages kept in this process: least recently asked for goes first when `limit` bytes are reached."""

    def __init__(self, limit: int = LIMIT):
        self.limit, self.size = limit, 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._guard = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Key, version: int) -> Page | None:
        """The page, if it is of this version and young; an outdated one is dropped."""
        with self._guard:
            page = self._pages.get(key)
            if page is None:
                return None
            if page.version == version and time.monotonic() - page.made < LIFE:
                self._pages.move_to_end(key)
                return page
            self._drop(key)
            return None

    def put(self, key: Key, page: Page) -> None:
        """Keep the page; it must have been made from what `page.version` says or newer."""
        with self._guard:
            if key in self._pages:
                self._drop(key)
            self._pages[key] = page
            self.size += page.size
            while self.size > self.limit:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Keep none."""
        with self._guard:
            self._pages.clear()
            self.size = 0

    def _drop(self, key: Key) -> None:
        self.size -= self._pages.pop(key).size


pages = Pages()
