"""What an open socket costs that only listens: the real server, the real consumer, one person's many sockets."""

import os
import socket
import tempfile
import time
from pathlib import Path

from tests.journeys.house import House

from .rows import Row

AT_ONCE = 100  # sockets opened together: tickets are good for 30 s
WARM, COUNTED = 200, 600
TICKETS = (
    "from members.actions import tickets; from members.queries.accounts import person_by_email; "
    "person = person_by_email('secretariat@network.example'); "
    "print(*(tickets.issue(actor=person) for _ in range(%d)))"
)


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def opened(house: House, count: int) -> list[socket.socket]:
    """So many sockets, each of which has heard `hello`."""
    made: list[socket.socket] = []
    while len(made) < count:
        for ticket in house.manage("shell", "-v0", "-c", TICKETS % AT_ONCE).split():
            line = socket.create_connection(("127.0.0.1", house.port), timeout=20)
            line.sendall(
                f"GET /ws/?ticket={ticket} HTTP/1.1\r\nHost: localhost:{house.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            said = b""
            while b'"hello"' not in said:
                given = line.recv(4096)
                if not given:
                    raise RuntimeError(f"a socket was not opened: {said!r}")
                said += given
            made.append(line)
    return made


def per_client() -> list[Row]:
    """KiB of the server for each open socket."""
    with tempfile.TemporaryDirectory(prefix="bench-idle-") as folder:
        house = House(Path(folder), REDIS_URL="", DATABASE_URL="")
        house.manage("migrate", "-v0")
        house.manage("found", "--name", "Measured", "--email", "secretariat@network.example")
        house.start()
        lines: list[socket.socket] = []
        try:
            lines += opened(house, WARM)
            time.sleep(1)
            before = resident(house.process.pid)
            lines += opened(house, COUNTED)
            time.sleep(1)
            grown = resident(house.process.pid) - before
        finally:
            for line in lines:
                line.close()
            house.stop()
    return [Row("an idle client", grown / COUNTED / 1024, "≤ 30 KiB", f"{COUNTED} sockets after {WARM}, on manage.py serve")]
