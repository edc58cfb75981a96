"""uvicorn's WebSocket protocol, which also lends its line: the hub then writes finished frames without passing through ASGI.

Given to uvicorn by `ws=alliance.live.protocol.Protocol`, or on its command line `--ws alliance.live.protocol:Protocol`.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.server import ServerProtocol

LINE = "alliance.line"  # the name in scope["extensions"]
LARGEST = 64 * 1024  # bytes of one frame or message from a client; beyond, close 1009
LINGERS = 3.0  # seconds in which a client whose frame was refused may read why


class Line:
    """The way to one client, for whole frames: after the handshake and until `open` is false."""

    __slots__ = ("_transport", "open", "paused", "stirred", "write")

    def __init__(self, transport):
        self._transport = transport
        self.write = transport.write
        self.open = True
        self.paused = False  # the client reads more slowly than we write
        self.stirred: Callable[[], None] | None = None  # called when `free` has changed

    @property
    def free(self) -> bool:
        """Open, and nothing waits."""
        return self.open and not self.paused

    def waiting(self) -> int:
        """Bytes that wait for this client in our memory."""
        return self._transport.get_write_buffer_size()

    def pause(self, paused: bool) -> None:
        """The client begins to read too slowly, or is level again."""
        self.paused = paused
        self._stir()

    def shut(self) -> None:
        """Nothing may be written any more."""
        if self.open:
            self.open = False
            self._stir()
            self.stirred = None

    def abort(self) -> None:
        """End a client that does not read."""
        self.shut()
        self._transport.abort()

    def _stir(self) -> None:
        if self.stirred is not None:
            self.stirred()


class Inbox:
    """What an application is to receive, for its one reader. asyncio's own queue keeps 3 KiB for each socket, mostly to wait."""

    __slots__ = ("_came", "_given")

    def __init__(self):
        self._given: list[Any] = []
        self._came: asyncio.Future | None = None

    def put_nowait(self, given: Any) -> None:
        self._given.append(given)
        if self._came is not None and not self._came.done():
            self._came.set_result(None)

    async def get(self) -> Any:
        while not self._given:
            self._came = asyncio.get_running_loop().create_future()
            try:
                await self._came
            finally:
                self._came = None
        return self._given.pop(0)

    def empty(self) -> bool:
        return not self._given


class Protocol(WebSocketsSansIOProtocol):
    """No compression, which costs more than it saves; frames of at most 64 KiB; a line, closed when no more may be written."""

    line: Line
    deaf = False  # what comes in is thrown away

    def __init__(self, *given, **more):
        super().__init__(*given, **more)
        self.queue = Inbox()  # type: ignore[assignment]
        largest = min(self.config.ws_max_size or LARGEST, LARGEST)
        self.conn = ServerProtocol(extensions=[], max_size=largest, logger=logging.getLogger("uvicorn.error"))

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self.line = Line(transport)

    def handle_connect(self, event: Request) -> None:
        try:
            super().handle_connect(event)
        except UnicodeError:  # an address in raw bytes
            self.conn.send_response(self.conn.reject(400, ""))
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.handshake_complete = self.close_sent = True
            self.transport.close()
            return
        scope = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][LINE] = self.line  # type: ignore[typeddict-unknown-key]

    async def send(self, message) -> None:
        if message["type"] == "websocket.close":
            self.line.shut()
        await super().send(message)
        if message["type"] == "websocket.accept":
            # The handshake is over; what was said in it need not be kept for as long as the socket lives.
            self.request = self.response = None  # type: ignore[assignment]

    def pause_writing(self) -> None:
        self.line.pause(True)
        super().pause_writing()

    def resume_writing(self) -> None:
        self.line.pause(False)
        super().resume_writing()

    def handle_close(self, event) -> None:
        self.line.shut()
        super().handle_close(event)

    def data_received(self, data: bytes) -> None:
        if not self.deaf:
            super().data_received(data)

    def handle_parser_exception(self) -> None:
        """What the client sent is refused, and the code says why. To close at once, while more is coming in, would reset the
        connection, and the client might never read our code: for a moment we go on taking what it sends, and throw it away."""
        self.line.shut()
        self.deaf = True
        if self.close_timer is None:
            self.close_timer = self.loop.call_later(LINGERS, self.transport.close)
        if self.conn.close_sent is not None and not self.close_sent:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": self.conn.close_sent.code, "reason": ""})
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.transport.resume_reading()

    def keepalive_timeout(self) -> None:
        self.line.shut()
        super().keepalive_timeout()

    def shutdown(self) -> None:
        self.line.shut()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self.line.shut()
        super().connection_lost(exc)
