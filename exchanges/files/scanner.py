"""The virus scanner: clamd over its socket (clamd(8), INSTREAM). What it does not answer is not clean."""

import logging
import socket
import struct
import time
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from alliance.errors import Unavailable

log = logging.getLogger("alliance.files")

CHUNK = 1 << 17
PATIENCE = 10.0  # seconds for one piece of a file; and without a word, until we ask whether it still lives
PING_PATIENCE = 2.0
IN_ALL = 90.0  # seconds for one file
ANSWER_MOST = 4096
_told: dict[str, str] = {}  # the fault that was last written to the log, until the scanner answers again


def virus_in(stream: IO[bytes], url: str) -> str:
    """The name of what clamd found in the stream, or "" for a clean one. `url`: tcp://host:port or unix:///path.

    Raises Unavailable when clamd is not there, is too slow, or does not say OK in so many words.
    """
    try:
        with _connected(url) as line:
            answer = _asked(line, stream, url)
    except (OSError, ValueError) as error:
        raise _resting(f"the scanner does not answer ({_words(error)}). Correct the address, or look after clamd") from error
    words = answer.rstrip(b"\0").decode("utf-8", "replace").strip()
    if words.endswith(" FOUND"):
        _told.clear()
        return words.removeprefix("stream:").removesuffix(" FOUND").strip() or "?"
    if words == "stream: OK":
        _told.clear()
        return ""
    # No verdict is not a good one.
    if "size limit exceeded" in words:
        most = settings.DOCUMENT_MAX_BYTES >> 20
        raise _resting(f"clamd takes no file of this size. Set StreamMaxLength to {most}M or more in clamd.conf")
    if not words:
        raise _resting("the scanner hung up before it gave its verdict. Look after clamd")
    raise _resting(
        f"what answers is not clamd, or clamd is not well: it said “{words[:100]}”. Correct the address, or look after clamd"
    )


def state() -> str:
    """ok, down, or off when CLAMD_URL names none: the part as a health page shows it, after one PING."""
    if not settings.CLAMD_URL:
        return "off"
    return "ok" if _lives(settings.CLAMD_URL) else "down"


def _lives(url: str) -> bool:
    try:
        with _connected(url, PING_PATIENCE) as line:
            line.sendall(b"zPING\0")
            return line.recv(16).startswith(b"PONG")
    except (OSError, ValueError):
        return False


def _resting(why: str) -> Unavailable:
    """The refusal for people; the log has the reason, and what to do, once."""
    if _told.get("why") != why:
        _told["why"] = why
        log.warning("CLAMD_URL: %s. Files wait until they were checked.", why)
    return Unavailable(_("The virus scanner is resting. Files wait until it answers."), part="scanner")


def _words(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).strip().lower() or type(error).__name__


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
        raise ValueError("it is written tcp://host:port or unix:///path")
    return socket.create_connection((parts.hostname, parts.port or 3310), timeout=patience or PATIENCE)


def _asked(line: socket.socket, stream: IO[bytes], url: str) -> bytes:
    until = time.monotonic() + IN_ALL
    try:
        line.sendall(b"zINSTREAM\0")
        while chunk := stream.read(CHUNK):
            line.sendall(struct.pack("!L", len(chunk)) + chunk)
            if time.monotonic() > until:
                raise TimeoutError("it is too slow")
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # clamd hangs up early to say why: its answer decides
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_MOST:
        piece = _heard(line, until, url)
        if not piece:
            break
        answer += piece
    return answer


def _heard(line: socket.socket, until: float, url: str) -> bytes:
    """The next piece of the answer. A large file takes clamd longer than PATIENCE: then it still answers a PING meanwhile."""
    while True:
        try:
            return line.recv(ANSWER_MOST)
        except TimeoutError:
            if time.monotonic() > until or not _lives(url):
                raise
