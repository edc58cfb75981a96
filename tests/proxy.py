"""A door in front of a server, which a test can freeze: what is said through it then waits, as it does when the server is frozen."""

import selectors
import socket
import threading
from urllib.parse import urlsplit


class Proxy:
    """Carries every connection on `port` to `host:port` of a URL. Frozen, it takes connections and carries nothing, nor closes any."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self._url, self._target = parts, (parts.hostname, parts.port)
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.port = self._ear.getsockname()[1]
        self._flows = threading.Event()
        self._flows.set()
        self._ends: set[socket.socket] = set()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """The same address through this door."""
        person = f"{self._url.netloc.rpartition('@')[0]}@" if "@" in self._url.netloc else ""
        return self._url._replace(netloc=f"{person}127.0.0.1:{self.port}").geturl()

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def cut(self) -> None:
        """Every connection breaks, as when the server is killed."""
        for end in list(self._ends):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self) -> None:
        self._ear.close()
        self.thaw()
        self.cut()

    def _listen(self) -> None:
        while True:
            try:
                client, _address = self._ear.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        self._flows.wait()
        try:
            server = socket.create_connection(self._target, 5)
        except OSError:
            client.close()
            return
        self._ends |= {client, server}
        other = {client: server, server: client}
        with selectors.DefaultSelector() as ready, client, server:
            for end in other:
                end.setblocking(True)
                ready.register(end, selectors.EVENT_READ)
            while True:
                for key, _mask in ready.select():
                    self._flows.wait()
                    try:
                        said = key.fileobj.recv(65536)
                        if said:
                            other[key.fileobj].sendall(said)
                    except OSError:
                        said = b""
                    if not said:
                        self._ends -= {client, server}
                        return
