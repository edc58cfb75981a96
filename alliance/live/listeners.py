"""One open socket, as the hub sees it: it hears frames without ever holding the others. Two ways to write, one interface."""

import asyncio
import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Sequence
from typing import Any, Protocol

from .frames import text_of

BACKLOG = 1 << 20  # bytes that may wait for one client; beyond, the socket is closed and the client catches up by seq

Close = Callable[[int], Coroutine[Any, Any, None]]


class Listener(Protocol):
    """What the hub needs of a socket. Everything happens on the loop, and returns at once."""

    closed: bool

    def hear(self, data: bytes, frames: Sequence[bytes] = ()) -> None:
        """Give the client a finished frame; or several, joined in `data` and one by one in `frames`."""

    def end(self, code: int) -> None:
        """Close the socket."""


class Lined:
    """The fast way: finished frames go straight to the transport that our own protocol lends.

    While its line is `free`, the hub writes to it without even asking here.
    """

    __slots__ = ("_close", "closed", "line")

    def __init__(self, line, close: Close):
        self.line, self._close = line, close
        self.closed = False

    def hear(self, data: bytes, frames: Sequence[bytes] = ()) -> None:
        line = self.line
        if not line.open:
            return
        try:
            line.write(data)
        except RuntimeError:  # the transport went before its protocol heard of it
            line.shut()
            return
        if line.paused and line.waiting() > BACKLOG:
            # A close frame would only wait behind the rest.
            self.closed = True
            line.abort()

    def end(self, code: int) -> None:
        if self.closed:
            return
        self.closed = True
        stuck = self.line.paused
        self.line.shut()
        if stuck:
            self.line.abort()
        else:
            _soon(_closing(self._close, code))


class Stepped:
    """The portable way, for any ASGI server: each `send()` is stepped to its first wait, which it seldom has.

    Only a client that makes us wait costs a task, and has a backlog of its own.
    """

    __slots__ = ("_backlog", "_close", "_send", "_size", "_task", "closed")

    def __init__(self, send: Callable[[str], Coroutine[Any, Any, None]], close: Close):
        self._send, self._close = send, close
        self.closed = False
        self._backlog: deque[bytes] = deque()
        self._size = 0
        self._task: asyncio.Task | None = None

    def hear(self, data: bytes, frames: Sequence[bytes] = ()) -> None:
        for frame in frames or (data,):
            self._hear(frame)

    def _hear(self, frame: bytes) -> None:
        if self.closed:
            return
        if self._task is not None:
            self._backlog.append(frame)
            self._size += len(frame)
            if self._size > BACKLOG:
                self.end(1013)
            return
        sending = self._send(text_of(frame))
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 - the socket is gone, however it says so
            self.closed = True
            return
        self._size = len(frame)
        self._task = _soon(self._rest(sending, waits_for))

    async def _rest(self, sending: Coroutine, waits_for: Any) -> None:
        try:
            await _resumed(sending, waits_for)
            while self._backlog and not self.closed:
                frame = self._backlog.popleft()
                await self._send(text_of(frame))
                self._size -= len(frame)
        except Exception:  # noqa: BLE001 - as above
            self.closed = True
        finally:
            self._task = None
            self._size = 0

    def end(self, code: int) -> None:
        if self.closed:
            return
        self.closed = True
        self._backlog.clear()
        if self._task is not None:
            self._task.cancel()
        _soon(_closing(self._close, code))


@types.coroutine
def _resumed(started: Coroutine, waits_for: Any) -> Generator[Any, Any, None]:
    """Go on with a coroutine that was stepped to its first wait, inside a task."""
    while True:
        thrown: BaseException | None = None
        given: Any = None
        try:
            given = yield waits_for
        except BaseException as error:  # noqa: BLE001 - a cancellation is the coroutine's to hear
            thrown = error
        try:
            waits_for = started.send(given) if thrown is None else started.throw(thrown)
        except StopIteration:
            return


async def _closing(close: Close, code: int) -> None:
    try:
        await close(code)
    except Exception:  # noqa: BLE001, S110 - it was closed before
        pass


_tasks: set[asyncio.Task] = set()


def _soon(work: Coroutine) -> asyncio.Task:
    """A task that nobody waits for; the loop itself would keep only a weak hold of it."""
    task = asyncio.get_running_loop().create_task(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task
