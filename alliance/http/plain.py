"""The same behind a plain WSGI server: bounds, and public pages answered before the middleware."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver

from alliance.pulse import pulse

from . import bodies, refusals
from .pages import key_of, may_keep, page_of, pages
from .requests import believe_proxies
from .versions import versions

StartResponse = Callable[[str, list[tuple[str, str]]], Any]

_ASKED = (
    "accept-encoding",
    "accept-language",
    "authorization",
    "cookie",
    "host",
    "hx-boosted",
    "hx-history-restore-request",
    "hx-request",
    "hx-target",
    "if-none-match",
    "range",
    "transfer-encoding",
    "x-forwarded-proto",
)


class PlainChain(WSGIHandler):
    """Django behind WSGI."""

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        believe_proxies(environ)
        if environ.get("PATH_INFO") == "/livez":
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3"), ("Cache-Control", "no-store")])
            return [b"ok\n"]
        announced = environ.get("CONTENT_LENGTH") or ""
        if announced.isdigit() and (len(announced) > 18 or int(announced) > bodies.limit()):
            where = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
            return _refuse(refusals.too_large(*where, _words(environ)), start_response)
        return super().__call__(environ, start_response)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Django's answer, or the kept one."""
        headers = _words(request.META)
        target = (request.path, request.META.get("QUERY_STRING", ""))
        key = key_of(request.method or "", request.META["wsgi.url_scheme"], target, headers)
        version = versions.refresh() if key else None
        if key is None or version is None:
            return self._made(request, headers)
        page = pages.get(key, version)
        if page is None:
            response = self._made(request, headers)
            if may_keep(request.method or "", headers, response):
                page = page_of(response, key, version)
                response.content = page.body
                pages.put(key, page)
            return response
        asked = headers.get("if-none-match")
        known = bool(asked) and page.matches(asked or "")
        response = HttpResponse(b"" if known else page.body, status=304 if known else 200)
        del response["Content-Type"]
        for name, value in page.unmodified_headers() if known else page.headers:
            response[name.decode("latin-1")] = value.decode("latin-1")
        return response

    def _made(self, request: HttpRequest, headers: dict[str, str]) -> HttpResponseBase:
        if not (pulse.resting and refusals.needs_database(request.path)):
            return super().get_response(request)
        status, lines, body = refusals.resting(request.path, request.META.get("QUERY_STRING", ""), headers)
        response = HttpResponse(body, status=status)
        del response["Content-Type"]
        for name, value in lines:
            response[name.decode("latin-1")] = value.decode("latin-1")
        return response


def _refuse(answer: refusals.Answer, start_response: StartResponse) -> Iterable[bytes]:
    status, headers, body = answer
    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    start_response(f"{status} {HTTPStatus(status).phrase}", lines)
    return [body]


def _words(environ: dict[str, Any]) -> dict[str, str]:
    found = {name: environ["HTTP_" + name.upper().replace("-", "_")] for name in _ASKED
             if "HTTP_" + name.upper().replace("-", "_") in environ}  # fmt: skip
    if environ.get("CONTENT_LENGTH") not in (None, "", "0"):
        found["content-length"] = environ["CONTENT_LENGTH"]
    return found


def get_plain_application() -> PlainChain:
    """Django as a WSGI application; settings must be configured."""
    import django

    django.setup(set_prefix=False)
    _ = get_resolver().url_patterns  # what cannot be imported stops the start, not the first visitor
    pulse.watch()
    return PlainChain()
