"""The ASGI application for HTTP: cache, body, then Django's sync chain in one hop to a thread."""

import contextvars
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.core import signals
from django.core.handlers.asgi import get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http import HttpResponseServerError
from django.http.response import HttpResponseBase
from django.urls import get_resolver, set_script_prefix

from alliance.pulse import pulse

from . import bodies, refusals, streams
from .pages import Key, Page, key_of, may_keep, page_of, pages
from .requests import Request
from .threads import Threads
from .versions import versions

log = logging.getLogger("alliance.http")

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]

THREADS = 4  # more only take the interpreter from one another; a slow client never holds one

_ALIVE = (200, [(b"content-type", b"text/plain"), (b"content-length", b"3"), (b"cache-control", b"no-store")], b"ok\n")


@dataclass(slots=True)
class Wish:
    """A page that may be kept under `key` if it turns out public; `version` was read before it is made."""

    key: Key
    version: int
    headers: dict[str, str]


@dataclass(slots=True)
class Answer:
    """What a thread made of a request: complete, or with `response` still open to be streamed."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    page: Page | None = None
    response: HttpResponseBase | None = None


class Chain(BaseHandler):
    """Django behind ASGI. One thread runs the whole of a request; a body is read before, a stream is sent after."""

    def __init__(self):
        super().__init__()
        self.load_middleware()
        self.threads = Threads(THREADS, "request", leaving=connections.close_all)
        pulse.watch()

    async def __call__(self, scope: Scope, receive: bodies.Receive, send: Send) -> None:
        if scope["path"] == "/livez":
            return await self._send(send, *_ALIVE)
        wish = await self._wish(scope)
        if wish and (page := pages.get(wish.key, wish.version)):
            return await self._send_page(scope, send, wish, page)
        if pulse.resting and refusals.needs_database(scope["path"]):
            return await self._send(send, *refusals.resting(scope["path"], _target(scope)[1], _words(scope)))
        try:
            body, length = await bodies.read(dict(scope["headers"]), receive, self.threads)
        except bodies.Gone:
            return None
        except (bodies.TooLarge, bodies.TooSlow) as refusal:
            say = refusals.too_large if isinstance(refusal, bodies.TooLarge) else refusals.too_slow
            return await self._send(send, *say(scope["path"], _target(scope)[1], _words(scope)))
        except bodies.NoRoom as full:
            log.error("There is no room for uploads in %s: %s", bodies.place(), full.__cause__ or "too little is free")
            return await self._send(send, *refusals.no_room(scope["path"], _target(scope)[1], _words(scope)))
        # An empty context for each request: no language, URL prefix or time zone is left in the thread by the one before.
        context = contextvars.Context()
        answer = await self.threads.run(context.run, self._answer, scope, body, length, wish)
        if answer.response is not None:
            head = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
            return await streams.send(answer.response, context, head, scope, receive, send, self.threads)
        if answer.page and wish:
            pages.put(wish.key, answer.page)
            if scope["method"] == "GET" and not wish.headers.get("if-none-match"):
                _remember(scope, answer.page, 200, answer.headers, answer.body)
        return await self._send(send, answer.status, answer.headers, answer.body)

    async def _wish(self, scope: Scope) -> Wish | None:
        headers = _words(scope)
        if len(headers) != len(scope["headers"]):  # a header given twice: Django may read it otherwise than we
            return None
        key = key_of(scope["method"], scope["scheme"], _target(scope), headers)
        version = await versions.current() if key else None
        return Wish(key, version, headers) if key and version is not None else None

    async def _send_page(self, scope: Scope, send: Send, wish: Wish, page: Page) -> None:
        asked = wish.headers.get("if-none-match")
        if asked and page.matches(asked):
            known = page.unmodified_headers()
            _remember(scope, page, 304, known, b"")
            return await self._send(send, 304, known, b"")
        if scope["method"] == "GET":
            _remember(scope, page, 200, page.headers, page.body)
        return await self._send(send, 200, page.headers, page.body)

    @staticmethod
    async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Scope, body: IO[bytes], length: int, wish: Wish | None) -> Answer:
        """In a thread: from request to answer. What is complete is closed here, with the database connection given back."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request = Request(scope, body, length)
        try:
            response: HttpResponseBase = self.get_response(request)
        except Exception:  # Django answers every exception, unless the page that says so fails as well
            log.exception("The page for an unexpected error failed too")
            words = traceback.format_exc() if settings.DEBUG else "Internal Server Error"
            response = HttpResponseServerError(words, content_type="text/plain")
        response._handler_class = self.__class__
        if response.streaming:
            # A HEAD is answered without asking the stream for anything.
            return Answer(response.status_code, _headers(response), response=response)
        page = None
        if wish and may_keep(scope["method"], wish.headers, response):
            page = page_of(response, wish.key, wish.version)
        content = page.body if page else response.content
        answer = Answer(response.status_code, _headers(response), content, page)
        response.close()
        return answer

    def close(self) -> None:
        """Let the threads go, and with them their database connections."""
        self.threads.close()
        versions.close()
        pulse.close()


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    cookies = [(b"Set-Cookie", cookie.output(header="").strip().encode("latin-1")) for cookie in response.cookies.values()]
    return headers + cookies


def _words(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _target(scope: Scope) -> tuple[str, str]:
    path = scope.get("raw_path") or scope["path"].encode()
    return path.decode("latin-1"), scope.get("query_string", b"").decode("latin-1")


def _remember(scope: Scope, page: Page, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Tell our own protocol, if it asked, that the same bytes may be answered so while the page's version lasts."""
    if remember := scope.get("alliance.remember"):
        remember(page, status, headers, body)


def get_http_application() -> Chain:
    """Django as an ASGI application for HTTP; settings must be configured. Make one a process."""
    import django

    django.setup(set_prefix=False)
    _ = get_resolver().url_patterns  # what cannot be imported stops the start, not the first visitor
    return Chain()
