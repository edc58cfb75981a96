"""The line to Elasticsearch: asked quickly or not at all, and left in peace for a while after it did not answer."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from django.utils.translation import gettext as _
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, OrjsonSerializer

from alliance.errors import Unavailable

log = logging.getLogger("alliance.search")

PATIENCE = 1.2  # seconds for an answer to a person, who then still gets a reduced one within two
WORK_PATIENCE = 30.0  # seconds for an answer to a task
REST = 4.0  # seconds for which nobody asks after it did not answer
NOT_NOW = frozenset({429, 502, 503, 504})  # it is there, and cannot answer now
REFUSED = frozenset({401, 403})


class Line:
    """One client for a process, made when it is first needed: a URL that cannot be read is a part at rest, not a broken start."""

    def __init__(self, url: str):
        self.url = url
        self._client: Elasticsearch | None = None
        self._making = threading.Lock()
        self._rests_until = 0.0
        self._rests = False

    def client(self) -> Elasticsearch:
        """Raises Unavailable when the URL cannot be read."""
        with self._making:
            if self._client is None:
                try:
                    address = readable(self.url)
                except ValueError as error:
                    raise self._at_rest(str(error)) from error
                # Only the connection is tried twice: an answer that does not come costs its patience once.
                self._client = Elasticsearch(
                    address,
                    request_timeout=PATIENCE,
                    max_retries=1,
                    retry_on_timeout=False,
                    serializer=OrjsonSerializer(),
                )
            return self._client

    @contextmanager
    def asking(self) -> Iterator[Elasticsearch]:
        """For a person who waits. Raises Unavailable at once while the engine is known to rest."""
        if time.monotonic() < self._rests_until:
            raise _resting()
        if self._rests:
            self._rests_until = time.monotonic() + REST  # one asks, to see whether it is back; the others do not wait for that
        with self._minded():
            yield self.client()

    @contextmanager
    def working(self, patience: float = WORK_PATIENCE) -> Iterator[Elasticsearch]:
        """For a task, which tries whatever is known, and comes again when it is in vain."""
        with self._minded():
            yield self.client().options(request_timeout=patience)

    @contextmanager
    def _minded(self) -> Iterator[None]:
        try:
            yield
        except TransportError as error:
            raise self._at_rest(str(error)) from error
        except ApiError as error:
            status = error.meta.status
            if status in REFUSED:
                raise self._at_rest(f"it does not let us in ({status}): the name or the password is wrong") from error
            if status in NOT_NOW:
                raise self._at_rest(f"it answers {status}") from error
            # What we asked was wrong, or the index is not there: nothing rests, yet nobody gets an answer from it.
            log.error("Elasticsearch refused what we asked: %s", str(error)[:500])
            raise _resting() from error
        if self._rests:
            log.warning("Elasticsearch is back.")
        self._rests, self._rests_until = False, 0.0

    def _at_rest(self, reason: str) -> Unavailable:
        if not self._rests:
            log.warning("ELASTICSEARCH_URL: the search engine at %s rests: %s", without_password(self.url), reason)
        self._rests, self._rests_until = True, time.monotonic() + REST
        return _resting()


def _resting() -> Unavailable:
    return Unavailable(_("Search is resting."), part="search")


def readable(url: str) -> str:
    """The URL with its port, which the client insists on. Raises ValueError with a sentence."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 9200, "https": 443}[parts.scheme]
        assert parts.hostname
    except (ValueError, KeyError, AssertionError):
        raise ValueError(
            "ELASTICSEARCH_URL cannot be read. Write it as http://host:9200 or https://name:password@host."
        ) from None
    name = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return urlunsplit((parts.scheme, f"{name}{host}:{port}", parts.path, "", ""))


def without_password(url: str) -> str:
    """The URL as a log may show it."""
    before, at, host = url.rpartition("@")
    return f"{before.split('://')[0]}://…@{host}" if at else url
