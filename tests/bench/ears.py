"""Two servers for the fan-out: ours (uvicorn, our protocol, our hub and bus) and the least that Python can do (uvloop, one frame).

`python -m tests.bench.ears ours|twin|redis|floor|bare PORT ORDERS`. On the port ORDERS a line "N" or "N BYTES" makes the server say N messages to everybody,
each with a text of so many bytes; "?" answers with the resident bytes of the process and the number of its listeners.
"""

import asyncio
import base64
import hashlib
import os
import sys
from functools import cache
from pathlib import Path

import uvloop

from alliance.live.frames import framed, written

ROOM = "room.7"
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def message(size: int) -> dict:
    """What a message is made of, with a text of `size` bytes."""
    return {"id": 9, "author": {"id": 3, "label": "office"}, "text": "x" * size}


@cache
def frame_of(size: int) -> bytes:
    return framed(written("message.posted", message(size), room=7, seq=41))


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Order(asyncio.Protocol):
    """The second door: what the measuring process asks for."""

    def __init__(self, say, count):
        self.say, self.count = say, count

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        for line in data.decode().splitlines():
            if line == "?":
                self.transport.write(f"{resident()} {self.count()}\n".encode())
            else:
                count, _space, size = line.partition(" ")
                self.say(int(count), int(size or 200))


class Floor(asyncio.Protocol):
    """Handshake, then raw writes of a frame that was built before."""

    everybody: set[asyncio.Transport] = set()
    ready = False

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        self.everybody.discard(self.transport)

    def data_received(self, data):
        if not self.ready:
            key = next(line.split(b": ")[1] for line in data.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
            accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
            head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            self.transport.write(head + accept + b"\r\n\r\n")
            self.ready = True
            self.everybody.add(self.transport)

    @classmethod
    def say(cls, count: int, size: int):
        frame = frame_of(size)
        for _ in range(count):
            for transport in cls.everybody:
                transport.write(frame)


async def floor(port: int, orders: int):
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Order(Floor.say, lambda: len(Floor.everybody)), "127.0.0.1", orders)
    server = await loop.create_server(Floor, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


def ours(port: int, orders: int, redis: bool):
    import django
    import uvicorn

    if not redis:
        os.environ.pop("REDIS_URL", None)
    django.setup()
    from alliance import live
    from alliance.live.bus import bus
    from alliance.live.protocol import LINE, Protocol

    def say(count: int, size: int):
        for _ in range(count):
            live.tell(ROOM, "message.posted", message(size), room=7, seq=41)

    async def begin(receive, send):
        await receive()
        loop = asyncio.get_running_loop()
        bus().start(loop, print)
        await loop.create_server(lambda: Order(say, lambda: len(bus().hub.groups.get(ROOM, ()))), "127.0.0.1", orders)
        await send({"type": "lifespan.startup.complete"})

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await begin(receive, send)
        await receive()
        listener = bus().hub.listener(
            lambda text: send({"type": "websocket.send", "text": text}), lambda code: send({"type": "websocket.close", "code": code}),
            scope["extensions"].get(LINE),
        )  # fmt: skip
        await bus().join(ROOM, listener)
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        bus().leave_all(listener)
        listener.closed = True

    uvicorn.run(
        app, host="127.0.0.1", port=port, loop="uvloop", ws=Protocol, ws_per_message_deflate=False, lifespan="on", log_level="error",
        ws_ping_interval=None, backlog=2048,
    )  # fmt: skip


if __name__ == "__main__":
    kind, port, orders = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    uvloop.run(floor(port, orders)) if kind in ("floor", "bare") else ours(port, orders, redis=kind == "redis")
