"""A door in front of a real server that can be frozen (it takes what comes and answers nothing), closed, and opened again."""

import contextlib
import socket
import ssl
import threading
from urllib.parse import urlsplit


class Proxy:
    """Passes bytes on, each way, from a port of its own. With `tls` (a server's context) it speaks TLS to its callers."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None):
        split = urlsplit(url)
        self.there, self.tls = (split.hostname, split.port), tls
        self.port, self.heard = 0, b""
        self._flows = threading.Event()
        self._flows.set()
        self._open: list[socket.socket] = []
        self.open()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Take callers, at the same port as before."""
        self._door = socket.create_server(("127.0.0.1", self.port))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._welcome, args=(self._door,), daemon=True).start()

    def close(self) -> None:
        """As a server that was killed: nobody listens, and who was connected hears it."""
        self._flows.set()
        for one in (self._door, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def _welcome(self, door: socket.socket) -> None:
        while True:
            try:
                caller, _address = door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        try:
            self._flows.wait()
            if self._door.fileno() < 0:
                raise OSError("closed meanwhile")
            if self.tls:
                caller = self.tls.wrap_socket(caller, server_side=True)
            server = socket.create_connection(self.there)
        except OSError:
            caller.close()
            return
        self._open += [caller, server]
        threading.Thread(target=self._pass, args=(server, caller), daemon=True).start()
        self._pass(caller, server, heard=True)

    def _pass(self, one: socket.socket, other: socket.socket, *, heard: bool = False) -> None:
        with contextlib.suppress(OSError):
            while said := one.recv(65536):
                if heard:
                    self.heard = (self.heard + said)[-100_000:]
                self._flows.wait()
                other.sendall(said)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
        one.close()
