"""Fan-out in one room: our server path beside the least that Python can do, in one run, on the server's own CPU time."""

import asyncio
import base64
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.journeys.house import free_port

from .ears import PAYLOAD
from .rows import Row

ROUNDS = 4
FRAME = len(PAYLOAD) + 4


class Server:
    """One of the two servers in a process of its own."""

    def __init__(self, kind: str):
        self.port = free_port()
        self.process = subprocess.Popen([sys.executable, "-m", "tests.bench.ears", kind, str(self.port)])

    def cpu(self) -> float:
        """Seconds of CPU that the process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


async def listener(port: int):
    for attempt in range(50):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
            break
        except OSError:
            if attempt == 49:
                raise
            await asyncio.sleep(0.1)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def said(text: str) -> bytes:
    """A masked client frame (the mask is zero, which RFC 6455 allows)."""
    return bytes((0x81, 0x80 | len(text))) + b"\0\0\0\0" + text.encode()


async def hear(reader, size: int) -> None:
    left = size
    while left:
        left -= len(await reader.read(min(left, 1 << 16)))


async def fanout(server: Server, clients: int, messages: int) -> list[float]:
    """Deliveries per second of the server's CPU, one figure a round."""
    ears = []
    for start in range(0, clients, 50):
        ears += await asyncio.gather(*(listener(server.port) for _ in range(start, min(start + 50, clients))))
    figures = []
    for _ in range(ROUNDS):
        before = server.cpu()
        ears[0][1].write(said(f"go {messages}"))
        await asyncio.wait_for(asyncio.gather(*(hear(reader, FRAME * messages) for reader, _w in ears)), 60)
        figures.append(clients * messages / max(server.cpu() - before, 0.01))
    for _reader, writer in ears:
        writer.close()
    await asyncio.sleep(0.2)
    return figures


async def _measured() -> list[Row]:
    rows = []
    for clients, messages in ((100, 1000), (500, 300)):
        figures: dict[str, list[float]] = {}
        for kind in ("floor", "ours"):
            server = Server(kind)
            try:
                figures[kind] = await fanout(server, clients, messages)
            finally:
                server.stop()
        floor, ours = (statistics.median(figures[kind]) for kind in ("floor", "ours"))
        detail = f"{ours:,.0f} against {floor:,.0f} deliveries per CPU second, medians of {ROUNDS} rounds"
        rows.append(Row(f"fan-out to {clients} sockets", ours / floor, "≥ 0.90" if clients == 500 else "", detail))
    return rows


def measure() -> list[Row]:
    """The rows of this module."""
    begun = time.monotonic()
    rows = asyncio.run(_measured())
    print(f"live: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return rows
