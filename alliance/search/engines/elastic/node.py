"""The client's node, over connections of its own that stay open, with httptools to read what comes back.

A page is one request that the server answers in 3 to 4 ms; urllib3, the client's usual way, would add a tenth to that.
"""

import select
import socket
import ssl
import time
import weakref
from collections.abc import Mapping
from typing import Any

import httptools
from elastic_transport import (
    ApiResponseMeta,
    BaseNode,
    ConnectionError,
    ConnectionTimeout,
    HttpHeaders,
    NodeConfig,
    TlsError,
)

PIECE = 64 * 1024  # bytes read at a time


class Node(BaseNode):
    """One address. Shared by threads: each request has a connection for itself, and leaves it to the next."""

    def __init__(self, config: NodeConfig):
        super().__init__(config)
        self._free: list[_Connection] = []
        weakref.finalize(self, _close, self._free)
        host = f"[{self.host}]" if ":" in self.host else self.host
        self._always = _lines({**self.headers, "host": f"{host}:{self.port}"})

    def perform_request(  # type: ignore[override]  # the pair by names, which the client does not export
        self, method: str, target: str, body: bytes | None = None, headers: Any = None, request_timeout: Any = 10.0
    ) -> tuple[ApiResponseMeta, bytes]:
        """Send, and read the whole answer; `request_timeout` seconds are for all of it. Raises the client's own errors."""
        began = time.monotonic()
        until = began + request_timeout
        sent = body or b""
        head = f"{method} {self.path_prefix}{target} HTTP/1.1\r\n{self._always}{_lines(headers or {})}"
        connection = None
        try:
            connection = self._kept() or _Connection(_opened(self.config, until))
            answer = connection.ask(f"{head}content-length: {len(sent)}\r\n\r\n".encode("ascii") + sent, until)
        except TimeoutError as error:
            raise ConnectionTimeout("Connection timed out during request", errors=(error,)) from error
        except ssl.SSLError as error:
            raise TlsError(str(error), errors=(error,)) from error
        except (OSError, httptools.HttpParserError) as error:
            raise ConnectionError(str(error), errors=(error,)) from error
        finally:
            if connection and connection.free:
                self._free.append(connection)
            elif connection:
                connection.close()
        meta = ApiResponseMeta(answer.status, "1.1", HttpHeaders(answer.headers), time.monotonic() - began, self.config)
        return meta, b"".join(answer.pieces)

    def close(self) -> None:
        _close(self._free)

    def _kept(self) -> "_Connection | None":
        """A free connection that the server has not closed meanwhile."""
        while self._free:
            try:
                kept = self._free.pop()
            except IndexError:  # another thread was quicker
                break
            if kept.silent():
                return kept
            kept.close()
        return None


class _Connection:
    """One request at a time. `free`: its last answer was read to the end, and the server keeps it open."""

    def __init__(self, opened: socket.socket):
        self.free = False
        self._socket = opened
        self._poll = select.poll()
        self._poll.register(opened, select.POLLIN)

    def silent(self) -> bool:
        """Whether nothing came since the last answer, not even its end."""
        return not self._poll.poll(0)

    def ask(self, message: bytes, until: float) -> "_Answer":
        self.free = False
        self._socket.settimeout(_left(until))
        self._socket.sendall(message)
        answer = _Answer()
        while not answer.whole:
            self._socket.settimeout(_left(until))
            piece = self._socket.recv(PIECE)
            if not piece:
                if answer.status and not answer.headers.keys() & {"content-length", "transfer-encoding"}:
                    break  # it ends with the connection
                raise ConnectionResetError("the server closed the connection before its answer was whole")
            answer.parser.feed_data(piece)
        self.free = answer.stays
        del answer.parser  # the two hold each other
        return answer

    def close(self) -> None:
        self._socket.close()


class _Answer:
    """What the parser tells of one answer. `stays`: the server keeps the connection open after it."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.status, self.whole, self.stays = 0, False, False
        self.headers: dict[str, str] = {}
        self.pieces: list[bytes] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.status, self.stays = self.parser.get_status_code(), self.parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        self.pieces.append(piece)

    def on_message_complete(self) -> None:
        self.whole = True


def _opened(config: NodeConfig, until: float) -> socket.socket:
    plain = socket.create_connection((config.host, config.port), _left(until))
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return config.ssl_context.wrap_socket(plain, server_hostname=config.host) if config.ssl_context else plain
    except BaseException:
        plain.close()
        raise


def _close(connections: list[_Connection]) -> None:
    while connections:
        connections.pop().close()


def _left(until: float) -> float:
    """The seconds left. Raises TimeoutError when there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
