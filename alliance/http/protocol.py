"""uvicorn's HTTP protocol with two things more: a head must come in time, and a page that is known is answered at once.

A browser asks for a page with the same bytes each time. Once such a request was answered from the page cache, the bytes
themselves lead to the answer, while the version lasts: no parsing, no task.
"""

import time
from asyncio import TimerHandle
from collections import OrderedDict

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .pages import LIFE, Page
from .versions import versions

HEAD_PATIENCE = 20.0  # seconds for a whole request head
HEAD_LIMIT = 128 * 1024  # bytes of a request head
LONGEST = 4096  # bytes of a request that is remembered
MEMORY = 32 * 1024 * 1024  # bytes of all that is remembered, pages counted once for each request that leads to them

Reply = tuple[Page, bytes, bytes]  # the page; over the wire: the head but for its date, the body


class Known:
    """Requests, byte for byte, and what goes over the wire for them."""

    def __init__(self, memory: int = MEMORY):
        self.memory, self.size = memory, 0
        self._replies: OrderedDict[bytes, Reply] = OrderedDict()

    def __len__(self) -> int:
        return len(self._replies)

    def reply(self, asked: bytes) -> Reply | None:
        """The reply to exactly these bytes, if nothing has changed since it was learnt."""
        found = self._replies.get(asked)
        if found is None:
            return None
        page, now = found[0], time.monotonic()
        if now >= versions.until:  # not for us to ask the database
            return None
        if page.version == versions.known and now - page.made < LIFE:
            return found
        self._forget(asked)
        return None

    def learn(self, asked: bytes, page: Page, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """From now on these bytes are replied to so."""
        if asked in self._replies:
            self._forget(asked)
        head = STATUS_LINE[status] + b"".join(b"%b: %b\r\n" % (name.lower(), value) for name, value in headers)
        self._replies[asked] = page, head, body
        self.size += len(asked) + len(head) + len(body)
        while self.size > self.memory:
            self._forget(next(iter(self._replies)))

    def _forget(self, asked: bytes) -> None:
        _page, head, body = self._replies.pop(asked)
        self.size -= len(asked) + len(head) + len(body)


known = Known()

_date: tuple[list[tuple[bytes, bytes]] | None, bytes] = (None, b"")


def _dated(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The end of a head: uvicorn's own headers, which it makes anew each second."""
    global _date
    if _date[0] is not headers:
        _date = headers, b"".join(b"%b: %b\r\n" % header for header in headers) + b"\r\n"
    return _date[1]


class Protocol(HttpToolsProtocol):
    """For uvicorn's `http=` setting."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self._between = True  # two requests, as far as the parser has seen
        self._in_head = False
        self._head_size = 0
        self._asked: bytes | None = None  # what came in one piece, and may be learnt if it is one whole request
        self._head_timer: TimerHandle | None = None
        self._last = 0.0  # when a reply was last given at once

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc) -> None:
        self._head_came()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        idle = self._between and not self.pipeline and (self.cycle is None or self.cycle.response_complete)
        self._asked = None
        if idle and len(data) <= LONGEST and not self.flow.write_paused:
            if found := known.reply(data):
                return self._reply_at_once(*found)
            if data.startswith(b"GET ") and data.find(b"\r\n\r\n") == len(data) - 4:
                self._asked = bytes(data)
        super().data_received(data)
        if self._in_head:
            self._await_rest(len(data))
        return None

    def _reply_at_once(self, _page: Page, head: bytes, body: bytes) -> None:
        if self._head_timer is not None:
            self._head_came()
        self.server_state.total_requests += 1
        self.transport.writelines((head, _dated(self.server_state.default_headers), body))
        self._last = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        # Replies at once leave the first one's timer running: what is left of the time since the last is waited for.
        left = self._last + self.timeout_keep_alive - self.loop.time()
        if left > 0 and not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def on_message_begin(self) -> None:
        self._between, self._in_head, self._head_size = False, True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_came()
        if (asked := self._asked) is not None and self.parser.should_keep_alive() and self.parser.get_http_version() == "1.1":
            self.scope["alliance.remember"] = lambda *told: known.learn(asked, *told)  # type: ignore[typeddict-unknown-key]
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._between = True
        super().on_message_complete()

    def _await_rest(self, came: int) -> None:
        self._head_size += came
        if self._head_size > HEAD_LIMIT and not self.transport.is_closing():
            self.transport.write(STATUS_LINE[431] + b"content-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()
        elif self._head_timer is None:
            self._await_head()

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_PATIENCE, self._head_overdue)

    def _head_came(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_overdue(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
