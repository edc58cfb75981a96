"""Many listeners in a process of their own: `python -m tests.bench.crowd`, orders as JSON lines on standard input, answers likewise.

{"open": [name, port, orders, count]}               connect that many; `orders` is the port of the second door
{"round": [name, messages, at once, bytes, frame]}  hear so many messages of `frame` bytes each; the next go out when all have come
{"stall": [name, count]}                            that many stop reading; rounds no longer wait for them
{"memory": name}                                    what the server holds: resident bytes, listeners
{"close": name}
"""

import asyncio
import base64
import json
import os
import sys
import time
from array import array

import uvloop


class Listener(asyncio.Protocol):
    """One client: counts bytes, and says when what it waits for has come."""

    __slots__ = ("crowd", "left", "opened", "transport")

    def __init__(self, crowd):
        self.crowd, self.left = crowd, 0
        self.opened = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data):
        if not self.opened.done():
            assert data.startswith(b"HTTP/1.1 101") and data.endswith(b"\r\n\r\n"), data
            self.opened.set_result(None)
            return
        self.left -= len(data)
        if self.left <= 0:
            self.crowd.heard(self.left)


class Crowd:
    """The listeners of one server."""

    def __init__(self, port: int, orders: int):
        self.port, self.door = port, orders
        self.listeners: list[Listener] = []
        self.stalled: list[Listener] = []

    async def open(self, count: int):
        loop = asyncio.get_running_loop()
        for start in range(0, count, 50):
            made = [
                (await loop.create_connection(lambda: Listener(self), "127.0.0.1", self.port))[1]
                for _ in range(start, min(start + 50, count))
            ]
            await asyncio.gather(*(listener.opened for listener in made))
            self.listeners += made
        self.orders = await asyncio.open_connection("127.0.0.1", self.door)

    async def round(self, messages: int, at_once: int, size: int, frame: int) -> dict:
        """Seconds from the first order to the last byte, and the time each listener waited, in ms (p50, p99)."""
        self.waits = array("d")
        ordered = f"{at_once} {size}\n".encode()
        begun = time.perf_counter()
        for _ in range(0, messages, at_once):
            self.missing = len(self.listeners)
            for listener in self.listeners:
                listener.left = frame * at_once
            self.done = asyncio.get_running_loop().create_future()
            self.asked = time.perf_counter()
            self.orders[1].write(ordered)
            await asyncio.wait_for(self.done, 30)
        seconds = time.perf_counter() - begun
        waits = sorted(self.waits)
        return {"seconds": seconds, "p50": waits[len(waits) // 2] * 1000, "p99": waits[int(len(waits) * 0.99)] * 1000}

    def heard(self, left: int):
        if left < 0:
            raise AssertionError(f"{-left} bytes too many")
        self.waits.append(time.perf_counter() - self.asked)
        self.missing -= 1
        if not self.missing and not self.done.done():
            self.done.set_result(None)

    def stall(self, count: int):
        for _ in range(count):
            listener = self.listeners.pop()
            listener.transport.pause_reading()
            self.stalled.append(listener)

    async def memory(self) -> dict:
        self.orders[1].write(b"?\n")
        resident, listeners = (await self.orders[0].readline()).split()
        return {"bytes": int(resident), "listeners": int(listeners)}

    def close(self):
        for listener in (*self.listeners, *self.stalled):
            listener.transport.abort()
        self.orders[1].close()


async def main():
    loop = asyncio.get_running_loop()
    crowds: dict[str, Crowd] = {}
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        (order, given), answer = next(iter(json.loads(line).items())), {}
        if order == "open":
            name, port, door, count = given
            crowds[name] = Crowd(port, door)
            await crowds[name].open(count)
        elif order == "round":
            answer = await crowds[given[0]].round(*given[1:])
        elif order == "stall":
            crowds[given[0]].stall(given[1])
        elif order == "memory":
            answer = await crowds[given].memory()
        elif order == "close":
            crowds.pop(given).close()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
