"""A client that asks the same thing over and over on kept connections: `python -m tests.bench.load PORT SECONDS CONNECTIONS < request`.

Prints how many answers it had and in how many seconds, as JSON, and the first answer's status and length.
"""

import asyncio
import json
import re
import sys
import time

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Client(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is whole."""

    def __init__(self, request: bytes, until: float, tally: dict):
        self.request, self.until, self.tally = request, until, tally
        self.missing, self.head = 0, b""
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data):
        if self.missing:
            self.missing -= len(data)
        else:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            found = _LENGTH.search(self.head, 0, end)
            self.tally.setdefault("status", int(self.head[9:12]))
            self.tally.setdefault("length", end + 4 + (int(found[1]) if found else 0))
            self.missing = end + 4 + (int(found[1]) if found else 0) - len(self.head)
            self.head = b""
        if self.missing <= 0:
            self.missing = 0
            self.tally["answers"] += 1
            if time.monotonic() < self.until:
                self.transport.write(self.request)
            else:
                self.transport.close()

    def connection_lost(self, _error):
        if not self.ended.done():
            self.ended.set_result(None)


async def ask(port: int, seconds: float, connections: int, request: bytes) -> dict:
    """Ask for `seconds` on `connections` connections at once; the tally."""
    tally = {"answers": 0}
    begun = time.monotonic()
    loop = asyncio.get_running_loop()
    clients = []
    for _connection in range(connections):
        clients.append((await loop.create_connection(lambda: Client(request, begun + seconds, tally), "127.0.0.1", port))[1])
    await asyncio.wait([client.ended for client in clients], timeout=seconds + 5)
    return tally | {"seconds": time.monotonic() - begun}


if __name__ == "__main__":
    port, seconds, connections = sys.argv[1:4]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        said = runner.run(ask(int(port), float(seconds), int(connections), sys.stdin.buffer.read()))
    print(json.dumps(said))
