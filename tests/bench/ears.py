"""Two servers for the fan-out: ours (uvicorn, our protocol, our hub) and the least that Python can do (uvloop writing one frame to all).

`python -m tests.bench.ears ours|floor PORT`. A client that sends "go N" makes the server say N messages to everybody.
"""

import asyncio
import base64
import hashlib
import sys

import uvloop

PAYLOAD = b'{"event":"message.posted","room":7,"seq":41,"data":{"text":"' + b"x" * 200 + b'"}}'
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def spoken(frame: bytes) -> str:
    """The text of a small masked client frame."""
    size, mask = frame[1] & 0x7F, frame[2:6]
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(frame[6 : 6 + size])).decode()


class Floor(asyncio.Protocol):
    """Handshake, then raw writes."""

    everybody: set[asyncio.Transport] = set()

    def __init__(self):
        self.ready = False

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        self.everybody.discard(self.transport)

    def data_received(self, data):
        if not self.ready:
            key = next(line.split(b": ")[1] for line in data.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
            accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + accept
                + b"\r\n\r\n"
            )
            self.ready = True
            self.everybody.add(self.transport)
        elif (data[0] & 15) == 1:
            asyncio.ensure_future(self.say(int(spoken(data).split()[1])))

    async def say(self, count: int):
        from alliance.live.frames import framed

        frame = framed(PAYLOAD)
        for _ in range(count):
            for transport in self.everybody:
                transport.write(frame)
            await asyncio.sleep(0)


async def floor(port: int):
    server = await asyncio.get_running_loop().create_server(Floor, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


def ours(port: int):
    import uvicorn

    from alliance.live.hub import Hub, Member
    from alliance.live.protocol import LINE, Protocol

    hub = Hub()

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        member = Member(
            lambda text: send({"type": "websocket.send", "text": text}), lambda code: send({"type": "websocket.close", "code": code}),
            scope["extensions"].get(LINE),
        )  # fmt: skip
        hub.join("room.7", member)
        while True:
            given = await receive()
            if given["type"] == "websocket.disconnect":
                hub.leave_all(member)
                return
            for _ in range(int(given["text"].split()[1])):
                hub.publish("room.7", PAYLOAD)
                await asyncio.sleep(0)

    uvicorn.run(
        app, host="127.0.0.1", port=port, loop="uvloop", ws=Protocol, ws_per_message_deflate=False, lifespan="off", log_level="error",
        ws_ping_interval=None, backlog=2048,
    )  # fmt: skip


if __name__ == "__main__":
    kind, port = sys.argv[1], int(sys.argv[2])
    uvloop.run(floor(port)) if kind == "floor" else ours(port)
