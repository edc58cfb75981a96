"""The virus scanner: clamd over its socket (clamd(8), INSTREAM). What it does not answer is not clean."""

import socket
import struct
import time
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from alliance.errors import Unavailable

CHUNK = 1 << 17
PATIENCE = 10.0  # seconds for one answer of the socket
PING_PATIENCE = 2.0
IN_ALL = 90.0  # seconds for one file
ANSWER_MOST = 4096


def virus_in(stream: IO[bytes], url: str) -> str:
    """The name of what clamd found in the stream, or "" for a clean one. `url`: tcp://host:port or unix:///path.

    Raises Unavailable when clamd is not there, is too slow, or does not say OK in so many words.
    """
    try:
        with _connected(url) as line:
            answer = _asked(line, stream)
    except (OSError, ValueError) as error:
        raise _resting() from error
    words = answer.rstrip(b"\0").decode("utf-8", "replace").strip()
    if words.endswith(" FOUND"):
        return words.removeprefix("stream:").removesuffix(" FOUND").strip() or "?"
    if words == "stream: OK":
        return ""
    raise _resting()  # "INSTREAM size limit exceeded. ERROR" and the like: no verdict is not a good one


def state() -> str:
    """ok, down, or off when CLAMD_URL names none: the part as a health page shows it, after one PING."""
    if not settings.CLAMD_URL:
        return "off"
    try:
        with _connected(settings.CLAMD_URL, PING_PATIENCE) as line:
            line.sendall(b"zPING\0")
            return "ok" if line.recv(16).startswith(b"PONG") else "down"
    except (OSError, ValueError):
        return "down"


def _resting() -> Unavailable:
    return Unavailable(_("The virus scanner is resting. Files wait until it answers."), part="scanner")


def _connected(url: str, patience: float = 0) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(patience or PATIENCE)
        try:
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
        return line
    if parts.scheme != "tcp" or not parts.hostname:
        raise ValueError("CLAMD_URL is written tcp://host:port or unix:///path.")
    return socket.create_connection((parts.hostname, parts.port or 3310), timeout=patience or PATIENCE)


def _asked(line: socket.socket, stream: IO[bytes]) -> bytes:
    until = time.monotonic() + IN_ALL
    try:
        line.sendall(b"zINSTREAM\0")
        while chunk := stream.read(CHUNK):
            line.sendall(struct.pack("!L", len(chunk)) + chunk)
            if time.monotonic() > until:
                raise TimeoutError
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # clamd hangs up early to say why: its answer decides
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_MOST:
        if time.monotonic() > until:
            raise TimeoutError
        piece = line.recv(ANSWER_MOST)
        if not piece:
            break
        answer += piece
    return answer
