"""uvicorn's WebSocket protocol, which also lends its line: the hub then writes finished frames without passing through ASGI."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

LINE = "alliance.line"  # the name in scope["extensions"]


class Line:
    """The way to one client: whole frames only, once the handshake is done and until the close begins."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: "Protocol"):
        self._protocol = protocol

    @property
    def open(self) -> bool:
        protocol = self._protocol
        return protocol.handshake_complete and not protocol.close_sent and not protocol.transport.is_closing()

    def write(self, frame: bytes) -> int:
        """Hand a finished frame to the transport. Returns how many bytes now wait for this client."""
        transport = self._protocol.transport
        transport.write(frame)
        return transport.get_write_buffer_size()

    def abort(self) -> None:
        """End a client that does not read: a close frame would only wait behind the rest."""
        self._protocol.transport.abort()


class Protocol(WebSocketsSansIOProtocol):
    """Given to uvicorn by `ws=`."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][LINE] = Line(self)  # type: ignore[typeddict-unknown-key]
