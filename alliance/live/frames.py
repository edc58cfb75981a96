"""What is said live, as bytes: one JSON text and one WebSocket frame for everybody who hears it."""

from functools import lru_cache
from typing import Any

import orjson

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def written(event: str, data: Any, *, room: int | None = None, seq: int | None = None) -> bytes:
    """`{"event", "room"?, "seq"?, "data"}` in UTF-8."""
    frame: dict[str, Any] = {"event": event}
    if room is not None:
        frame["room"] = room
    if seq is not None:
        frame["seq"] = seq
    frame["data"] = data
    return orjson.dumps(frame, default=str, option=OPTIONS)


def framed(payload: bytes) -> bytes:
    """The payload as one unmasked, final text frame from a server (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


PROTOCOL = 1
# The ear is open, and hears what its rooms say from now on: fetch what was said before. Also when live is back after a rest.
HELLO = framed(orjson.dumps({"event": "hello", "protocol": PROTOCOL, "data": {"protocol": PROTOCOL}}))
# The bus between processes rests: what others say may not be heard until `hello` comes again; fetch it from time to time.
RESTING = framed(written("live.resting", {}))


@lru_cache(maxsize=8)
def text_of(frame: bytes) -> str:
    """The text in a frame that `framed` built. Read once for all who hear it: bytes keep their hash."""
    head = {126: 4, 127: 10}.get(frame[1], 2)
    return frame[head:].decode()
