"""A TCP proxy in threads: a server that freezes, goes and comes back, without anybody touching the real one."""

import selectors
import socket
import struct
import threading
from contextlib import suppress
from urllib.parse import urlsplit

PIECE = 64 * 1024
ABRUPT = struct.pack("ii", 1, 0)  # SO_LINGER: a close is a reset, as when a machine is switched off


class Proxy:
    """Listens on `port` of 127.0.0.1 and forwards to host:port. Every method may be called in any thread.

    `freeze` takes connections and bytes and forwards nothing, until `thaw`; `drop` ends every connection; `cut` also refuses new
    ones, until `restore` opens the same port again.
    """

    def __init__(self, host: str, port: int):
        self._to = (host, port)
        self._running = threading.Event()
        self._running.set()
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self.port = 0
        self.url = ""
        self._door = self._open()

    @classmethod
    def before(cls, url: str) -> "Proxy":
        """A proxy for the server of this URL; `url` is then the same through it."""
        parts = urlsplit(url)
        made = cls(parts.hostname or "127.0.0.1", parts.port or 0)
        person = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        made.url = parts._replace(netloc=f"{person}127.0.0.1:{made.port}").geturl()
        return made

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_error) -> None:
        self.close()

    @property
    def connections(self) -> int:
        """How many are being forwarded."""
        return len(self._pairs)

    def freeze(self) -> None:
        """Whoever connects is taken, and hears nothing; what they send stays here."""
        self._running.clear()

    def thaw(self) -> None:
        """What waited goes on its way."""
        self._running.set()

    def cut(self) -> None:
        """Every connection ends, and nobody is let in."""
        door, self._door = self._door, None
        if door is not None:
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
            door.close()
        self.drop()

    def drop(self) -> None:
        """Every connection ends; new ones are let in."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            _end(pair)

    def restore(self) -> None:
        """Open again on the same port."""
        self._running.set()
        if self._door is None:
            self._door = self._open()

    def close(self) -> None:
        """For good."""
        self.cut()
        self._running.set()

    def _open(self) -> socket.socket:
        door = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self.port = door.getsockname()[1]
        threading.Thread(target=self._let_in, args=[door], name="proxy door", daemon=True).start()
        return door

    def _let_in(self, door: socket.socket) -> None:
        while True:
            try:
                came, _address = door.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=[door, came], name="proxy", daemon=True).start()

    def _forward(self, door: socket.socket, came: socket.socket) -> None:
        """One connection, to its end."""
        self._running.wait()
        try:
            there = socket.create_connection(self._to, timeout=10)
            there.settimeout(None)
        except OSError:
            came.close()
            return
        pair = (came, there)
        with self._lock:
            if self._door is not door:  # cut meanwhile
                _end(pair)
                return
            self._pairs.add(pair)
        with suppress(OSError, ValueError), selectors.DefaultSelector() as waiting:
            waiting.register(came, selectors.EVENT_READ, there)
            waiting.register(there, selectors.EVENT_READ, came)
            while self._pass_on(waiting):
                pass
        with self._lock:
            self._pairs.discard(pair)
        _end(pair)

    def _pass_on(self, waiting: selectors.BaseSelector) -> bool:
        """One round; False when one side has ended. What is read while we are frozen goes out afterwards."""
        for key, _events in waiting.select():
            given = key.fileobj.recv(PIECE)
            self._running.wait()
            if not given:
                return False
            key.data.sendall(given)
        return True


def _end(pair: tuple[socket.socket, socket.socket]) -> None:
    for each in pair:
        with suppress(OSError):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
            each.shutdown(socket.SHUT_RDWR)
        each.close()
