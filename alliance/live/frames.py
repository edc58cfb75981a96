"""What is said live, as bytes: one JSON text for everybody who hears it."""

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
