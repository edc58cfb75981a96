"""Who listens to what in this process. One frame is built for all, and the frames of a burst are joined.

A hub belongs to one event loop: everything here runs on it, and returns at once. Other threads hand in through the bus.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from .frames import framed
from .listeners import Close, Lined, Listener, Stepped

WINDOW = 0.004  # seconds over which the frames of a burst are joined
HELD_MOST = 64 * 1024  # bytes held for joining; beyond, they are written before the window ends


class Hub:
    """Groups of listeners: `room.7`, `person.3`, `session.KEY`."""

    def __init__(self) -> None:
        self.groups: dict[str, set[Listener]] = {}
        self._of: dict[Listener, set[str]] = {}
        self._ways: dict[str, tuple[list[Callable[[bytes], None]], list[Listener]]] = {}  # see _way
        self._wrote: dict[str, float] = {}  # when a group was last written to
        self._held: dict[str, list[bytes]] = {}
        self._said = 0

    def listener(self, send: Callable[[str], Coroutine[Any, Any, None]], close: Close, line=None) -> Listener:
        """A listener for one open socket: the fast one with the line of our protocol, the portable one on any other server."""
        if line is None:
            return Stepped(send, close)
        lined = Lined(line, close)
        line.stirred = lambda: self._stirred(lined)
        return lined

    def join(self, group: str, listener: Listener) -> bool:
        """Let a listener hear a group. Returns whether they are its first."""
        listeners = self.groups.setdefault(group, set())
        first = not listeners
        listeners.add(listener)
        self._of.setdefault(listener, set()).add(group)
        self._ways.pop(group, None)
        return first

    def leave(self, group: str, listener: Listener) -> bool:
        """The opposite. Returns whether nobody is left."""
        heard = self._of.get(listener, set())
        heard.discard(group)
        if not heard:
            self._of.pop(listener, None)
        self._ways.pop(group, None)
        listeners = self.groups.get(group)
        if listeners is None:
            return False
        listeners.discard(listener)
        if not listeners:
            del self.groups[group]
            self._wrote.pop(group, None)
            self._held.pop(group, None)
        return not listeners

    def leave_all(self, listener: Listener) -> list[str]:
        """A socket has gone. Returns the groups that nobody hears any more."""
        return [group for group in tuple(self._of.get(listener, ())) if self.leave(group, listener)]

    def everybody(self) -> list[Listener]:
        """Each listener once."""
        return list(self._of)

    def publish(self, group: str, payload: bytes) -> int:
        """Everybody who hears `group` gets this text. Returns how many they are."""
        return self.carry(group, framed(payload)) if group in self.groups else 0

    def carry(self, group: str, frame: bytes) -> int:
        """The same for a frame that is finished.

        The first frame after a silence goes out at once. Those that follow within WINDOW are held as long as more keep coming in,
        one round of the loop after the other, and at most until the window ends: a lone sender never waits, a crowd is joined.
        """
        listeners = self.groups.get(group)
        if not listeners:
            return 0
        self._said += 1
        if held := self._held.get(group):
            held.append(frame)
            if sum(map(len, held)) > HELD_MOST:
                self._flush(group)
        elif (wrote := self._wrote.get(group)) and time.monotonic() - wrote < WINDOW:
            self._held[group] = [frame]
            asyncio.get_running_loop().call_soon(self._look, group, self._said, time.monotonic() + WINDOW)
        else:
            self._write(group, frame, [frame])
        return len(listeners)

    def _look(self, group: str, said: int, until: float) -> None:
        if group not in self._held:
            return
        if self._said != said and time.monotonic() < until:
            asyncio.get_running_loop().call_soon(self._look, group, self._said, until)
        else:
            self._flush(group)

    def _flush(self, group: str) -> None:
        frames = self._held.pop(group)
        self._write(group, frames[0] if len(frames) == 1 else b"".join(frames), frames)

    def _write(self, group: str, data: bytes, frames: list[bytes]) -> None:
        free, others = self._ways.get(group) or self._way(group)
        left = iter(free)
        while True:
            try:
                for write in left:
                    write(data)
                break
            except RuntimeError:  # that transport went before its protocol heard of it; the others come next
                continue
        for listener in others:
            listener.hear(data, frames)
        # The window opens when all have been written to: in a large room that alone may take as long.
        self._wrote[group] = time.monotonic()

    def _way(self, group: str) -> tuple[list[Callable[[bytes], None]], list[Listener]]:
        """The writes of those whose line is free, and those who have to be asked. Kept until one of them changes."""
        free, others = [], []
        for listener in self.groups.get(group, ()):
            if isinstance(listener, Lined) and listener.line.free:
                free.append(listener.line.write)
            else:
                others.append(listener)
        self._ways[group] = free, others
        return free, others

    def _stirred(self, listener: Listener) -> None:
        for group in self._of.get(listener, ()):
            self._ways.pop(group, None)
