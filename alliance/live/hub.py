"""Who listens to what in this process. One text is built for all; each listener has a bounded backlog of their own.

A hub belongs to one event loop: everything here runs on it. Other threads hand in through `Hub.tell`.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from .frames import framed

BACKLOG = 1 << 20  # bytes that may wait for one listener; beyond, the socket is closed and the client catches up by seq


class Member:
    """One open socket: with a line of our own protocol, finished frames are written straight to it; any other server gets
    `send` and `close`, one after the other for each member and never one member after another.
    """

    __slots__ = ("_waiting", "_size", "_sending", "_send", "_close", "_line", "closed")

    def __init__(self, send: Callable[[str], Awaitable[None]], close: Callable[[int], Awaitable[None]], line=None):
        self._send, self._close, self._line = send, close, line
        self.closed = False
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._sending: asyncio.Task | None = None

    def hear(self, payload: bytes, frame: bytes | None = None) -> None:
        """Give a member these words. Returns at once: one stalled listener never holds the others."""
        if self.closed:
            return
        if self._line is not None:
            if self._line.open and self._line.write(frame or framed(payload)) > BACKLOG:
                self.closed = True
                self._line.abort()
            return
        self._waiting.append(payload)
        self._size += len(payload)
        if self._size > BACKLOG:
            self.end(1013)
        elif self._sending is None:
            self._sending = asyncio.ensure_future(self._drain())

    async def _drain(self) -> None:
        try:
            while self._waiting and not self.closed:
                payload = self._waiting.popleft()
                await self._send(payload.decode())
                self._size -= len(payload)
        except Exception:  # noqa: BLE001 - the socket is gone, however it says so
            self.closed = True
        finally:
            self._sending = None

    def end(self, code: int) -> None:
        """Close the socket; what waited is dropped."""
        if not self.closed:
            self.closed = True
            self._waiting.clear()
            if self._sending is not None:
                self._sending.cancel()
            asyncio.ensure_future(self._closed(code))

    async def _closed(self, code: int) -> None:
        try:
            await self._close(code)
        except Exception:  # noqa: BLE001, S110 - it was closed before
            pass


class Hub:
    """Groups of members: `room.7`, `person.3`, `session.KEY`."""

    def __init__(self) -> None:
        self.groups: dict[str, set[Member]] = {}
        self.of: dict[Member, set[str]] = {}

    def join(self, group: str, member: Member) -> bool:
        """Let a member hear a group. Returns whether they are its first."""
        members = self.groups.setdefault(group, set())
        first = not members
        members.add(member)
        self.of.setdefault(member, set()).add(group)
        return first

    def leave(self, group: str, member: Member) -> bool:
        """The opposite. Returns whether nobody is left."""
        members = self.groups.get(group)
        if members is None:
            return False
        members.discard(member)
        self.of.get(member, set()).discard(group)
        if not members:
            del self.groups[group]
        return not members

    def leave_all(self, member: Member) -> list[str]:
        """A socket has gone. Returns the groups that nobody hears any more."""
        return [group for group in list(self.of.pop(member, ())) if self._left(group, member)]

    def _left(self, group: str, member: Member) -> bool:
        members = self.groups.get(group, set())
        members.discard(member)
        if not members:
            self.groups.pop(group, None)
        return not members

    def publish(self, group: str, payload: bytes) -> int:
        """Everybody who hears `group` gets these bytes. Returns how many they are."""
        members = self.groups.get(group)
        if not members:
            return 0
        frame = framed(payload)
        for member in tuple(members):
            member.hear(payload, frame)
        return len(members)
