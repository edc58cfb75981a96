"""What stands where clamd would, for tests that want it slow, or wrong."""

import socket
import threading


class Clamd(threading.Thread):
    """A clamd that takes as many files as come, and answers none before `go` is set. It lives: to a PING it says PONG."""

    def __init__(self, answer: bytes = b"stream: OK\0"):
        super().__init__(daemon=True)
        self.answer, self.go, self.taken = answer, threading.Event(), 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self.door.getsockname()[1]}"

    def run(self):
        while True:
            try:
                line, _address = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[line], daemon=True).start()

    def _serve(self, line):
        with line, line.makefile("rb") as stream:
            word = b""
            while not word.endswith(b"\0"):
                word += stream.read(1)
            if word == b"zPING\0":
                line.sendall(b"PONG\0")
                return
            while size := int.from_bytes(stream.read(4)):
                stream.read(size)
            self.taken += 1
            self.go.wait(60)
            try:
                line.sendall(self.answer)
            except OSError:
                pass  # whoever asked has died
