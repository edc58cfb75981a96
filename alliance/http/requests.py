"""Django's request, made from an ASGI scope as a WSGI server would have made it."""

from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.utils.encoding import repercent_broken_unicode


class Request(ASGIRequest):
    """A request whose body has been read: `body` is a file at its start, of `length` bytes."""

    def __init__(self, scope: Mapping[str, Any], body: IO[bytes], length: int):
        super().__init__(_readable(scope), body)
        if length:  # a chunked body announces none, and Django's form parser reads nothing without
            self.META["CONTENT_LENGTH"] = str(length)
        believe_proxies(self.META)


def believe_proxies(meta: dict[str, Any]) -> None:
    """Behind N trusted proxies, the client is the Nth address from the right: those further left are the client's own words."""
    if not settings.TRUSTED_PROXIES:
        return
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(forwarded) >= settings.TRUSTED_PROXIES and (client := forwarded[-settings.TRUSTED_PROXIES].strip()):
        meta["REMOTE_ADDR"] = meta["REMOTE_HOST"] = client


def _readable(scope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The scope with a query that decodes, and a path whose broken UTF-8 stays percent-encoded instead of becoming U+FFFD."""
    amended: dict[str, Any] = {}
    query = scope.get("query_string", b"")
    if not query.isascii():
        try:
            amended["query_string"] = query.decode()
        except UnicodeDecodeError:
            amended["query_string"] = query.decode("latin-1")
    if "\ufffd" in scope["path"] and scope.get("raw_path"):
        amended["path"] = repercent_broken_unicode(unquote_to_bytes(scope["raw_path"])).decode()
    if not scope["path"]:
        amended["path"] = "/"
    return {**scope, **amended} if amended else scope
