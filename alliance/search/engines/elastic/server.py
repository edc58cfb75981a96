"""The server that ELASTICSEARCH_URL names: asked within a time, left alone for a while after it did not answer.

Requests go out by the client's node, so hits stay plain dicts. Every failure becomes Unavailable, whose cause is a
sentence that names the variable; the password in the address is in none of them.
"""

import logging
import os
import re
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import urlsplit

import orjson
from django.utils.translation import gettext as _
from elastic_transport import ConnectionError, ConnectionTimeout, TlsError
from elastic_transport.client_utils import url_to_node_config

from alliance.errors import Unavailable

from .node import Node

log = logging.getLogger("alliance.search")
logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # a line for each request otherwise; failures are told below

PAGE = 0.8  # seconds that a page may wait for all that it asks: two servers may have to, one after the other, within 2
PROBE = 0.5  # seconds that the first question after a rest may wait
REST = 3.0  # seconds that the server is left alone after it did not answer
WORK = 10.0  # seconds for a write
QUICK = 0.3  # a connection that broke sooner is tried once more: the server had closed it long ago
_MIME = "application/vnd.elasticsearch+{};compatible-with=8"  # server 8 and 9 both speak it
_ASKING = {"accept": _MIME.format("json")}
_SENDING = {kind: {**_ASKING, "content-type": _MIME.format(kind)} for kind in ("json", "x-ndjson")}
DOWN = frozenset({401, 403, 408, 500, 502, 503, 504})  # no other question would fare better now
_ADDRESS = re.compile("https?://[!-~]+")
_OF_CLASSES = re.compile(r"^\w+\([^)]*\): |Failed to establish a new connection: ")
_REFUSED = {
    401: "the server refuses the name or the password in it",
    403: "the server forbids this to the name in it",
    429: "the server has too much to do",
}


class Fault(Exception):
    """Why the server does not serve us, in a sentence for the technician."""

    def __init__(self, sentence: str = ""):
        super().__init__(sentence.rstrip(" ;.") + ".")


class Missing(Exception):
    """There is no such index."""


class Server:
    """One address. Shared by threads; a forked process makes connections of its own."""

    def __init__(self, url: str):
        self.url = url
        self._lock = threading.Lock()
        self._kept: tuple[int, Node] | None = None
        self._asleep_until = 0.0  # while it is 0, the server answered last time
        self._why = Fault()

    def call(
        self, method: str, path: str, body: Any = None, *, seconds: float = WORK, lines: Iterable[Any] | None = None, fine=()
    ) -> dict:
        """Ask the server: `body` as JSON, or `lines` as many. The answer, also when its status is among `fine`.

        `seconds` is all that it may take, with the look whether the server is back after a rest. Raises Missing for what is not
        there, Unavailable for all else that goes wrong.
        """
        until = time.monotonic() + seconds
        self._admit()
        kind = "json" if lines is None else "x-ndjson"
        sent: bytes | None
        if lines is not None:
            sent = b"\n".join([line if isinstance(line, bytes) else orjson.dumps(line) for line in lines]) + b"\n"
        else:
            sent = orjson.dumps(body) if body is not None else None
        headers = _SENDING[kind] if sent else _ASKING
        try:
            status, answer = self._sent(method, path, headers, sent, max(until - time.monotonic(), 0.1))
        except Fault as fault:
            raise self._rests(fault) from fault
        if status in DOWN:
            self.refused(status, answer)
        if self._asleep_until:
            log.warning("The search engine answers again.")
            self._asleep_until = 0.0
        if status < 300 or status in fine:
            return answer
        return self.refused(status, answer)

    def refused(self, status: int, answer: Any) -> NoReturn:
        """This one request was refused; others may be answered, unless the status says that none would be."""
        if "index_not_found_exception" in str(answer):
            raise Missing
        fault = Fault(_said(status, answer))
        if status in DOWN:
            raise self._rests(fault) from fault
        log.error("The search engine refuses a request. %s", fault)
        raise resting() from fault

    def _sent(self, method: str, path: str, headers: dict, body: bytes | None, seconds: float) -> tuple[int, Any]:
        began = time.monotonic()
        for turn in (1, 2):
            try:
                meta, said = self._node().perform_request(method, path, body, headers, seconds)
                answer = orjson.loads(said)
            except ConnectionTimeout:
                raise Fault(f"ELASTICSEARCH_URL: {self.shown} did not answer within {seconds:.1f} s.") from None
            except TlsError as error:
                raise Fault(f"ELASTICSEARCH_URL: no trusted connection to {self.shown}: {error.message}") from None
            except (ConnectionError, OSError) as error:
                if turn == 1 and time.monotonic() - began < QUICK:
                    continue
                raise Fault(f"ELASTICSEARCH_URL: {self.shown} cannot be reached: {_short(error)}") from None
            except orjson.JSONDecodeError as error:
                raise Fault(f"ELASTICSEARCH_URL: what answers at {self.shown} is not Elasticsearch ({error}).") from None
            if meta.headers.get("x-elastic-product") != "Elasticsearch" and meta.status not in (DOWN | {429}):
                raise Fault(f"ELASTICSEARCH_URL: what answers at {self.shown} is not Elasticsearch 8 or 9.")
            return meta.status, answer
        raise AssertionError("unreachable")

    # --- resting ----------------------------------------------------------------------------------------------------

    def _admit(self) -> None:
        """Let a question pass, unless the server rests; the first one after a rest looks whether it is back."""
        if not self._asleep_until:
            return
        with self._lock:
            if not self._asleep_until:
                return
            if time.monotonic() < self._asleep_until:
                raise resting() from self._why
            self._asleep_until = time.monotonic() + REST  # the others do not wait with us
        try:
            self._sent("GET", "/", _ASKING, None, PROBE)
        except Fault as fault:
            raise self._rests(fault) from fault

    def _rests(self, fault: Fault) -> Unavailable:
        with self._lock:
            fresh, self._asleep_until = not self._asleep_until, time.monotonic() + REST
            self._why = fault
        if fresh:
            log.warning("The search engine rests. %s", fault)
        return resting()

    # --- the connection ---------------------------------------------------------------------------------------------

    @property
    def shown(self) -> str:
        """The address without the password."""
        try:
            split = urlsplit(self.url)
            return f"{split.scheme}://{split.netloc.rpartition('@')[2]}{split.path}"
        except ValueError:
            return "the address"

    def _node(self) -> Node:
        with self._lock:
            if self._kept is None or self._kept[0] != os.getpid():
                self._kept = (os.getpid(), _connected(self.url))
            return self._kept[1]


def _connected(url: str) -> Node:
    """The client's node. Raises Fault for an address that is none."""
    example = "it is written like http://127.0.0.1:9200 or https://name:password@search.example:9200"
    try:
        split = urlsplit(url)
        port = split.port or (443 if split.scheme == "https" else 9200)
        if not _ADDRESS.fullmatch(url) or not split.hostname or split.query or split.fragment:
            raise ValueError
        host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
        whose = f"{split.netloc.rpartition('@')[0]}@" if "@" in split.netloc else ""
        config = url_to_node_config(f"{split.scheme}://{whose}{host}:{port}{split.path.rstrip('/')}")
    except ValueError:
        raise Fault(f"ELASTICSEARCH_URL is not an address: {example}.") from None
    return Node(config.replace(ssl_context=ssl.create_default_context()) if split.scheme == "https" else config)


def resting() -> Unavailable:
    """What the rest of the house hears."""
    return Unavailable(_("Search is resting."), part="search")


def _said(status: int, answer: Any) -> str:
    error = answer.get("error", "") if isinstance(answer, dict) else ""
    if isinstance(error, dict):
        error = error.get("reason") or error.get("type") or ""
    return f"ELASTICSEARCH_URL: {_REFUSED.get(status) or f'the server answers {status}: {str(error)[:300]}'}."


def _short(error: Exception) -> str:
    """The library's words without the names of its own classes."""
    return _OF_CLASSES.sub("", str(getattr(error, "message", error)).replace("\n", " "))[:200]
