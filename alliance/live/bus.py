"""The bus: from the thread in which something happened to the loop in which sockets are held."""

import asyncio
import fcntl
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from .hub import Hub
from .listeners import Listener

log = logging.getLogger("alliance.live")

Obey = Callable[..., None]


class Bus(Protocol):
    """The port. `publish` and `order` may be called in any thread; they return at once and never raise."""

    hub: Hub

    def claim(self) -> None:
        """Called once by a server before it serves. Raises RuntimeError, with a sentence, when this bus cannot carry it."""

    def start(self, loop: asyncio.AbstractEventLoop, obey: Obey) -> None:
        """The sockets of this process live on `loop`; `obey(order, group, *facts)` is called there for each order."""

    async def join(self, group: str, listener: Listener) -> None:
        """Let a socket hear a group. When this returns, whatever is published from now on reaches it."""

    def leave(self, group: str, listener: Listener) -> None:
        """The opposite."""

    def leave_all(self, listener: Listener) -> None:
        """A socket has gone."""

    def publish(self, group: str, payload: bytes) -> None:
        """This text to everybody who hears `group`."""

    def order(self, order: str, group: str, *facts: Any) -> None:
        """A word from server to server about the sockets of a group: `close`, `recheck`, `present`. Facts are plain values."""

    def state(self) -> str:
        """ok or degraded."""


class Local:
    """What both buses share: the hub, and the way to its loop from any thread."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._obey: Obey | None = None

    def start(self, loop: asyncio.AbstractEventLoop, obey: Obey) -> None:
        self._loop, self._obey = loop, obey

    def leave(self, group: str, listener: Listener) -> None:
        self.hub.leave(group, listener)

    def leave_all(self, listener: Listener) -> None:
        self.hub.leave_all(listener)

    def on_loop(self, do: Callable[..., object] | None, *given: object) -> None:
        """Run this on the loop of the sockets; without a running server there is nobody to tell, and nothing is done."""
        if do is None or self._loop is None or self._loop.is_closed():
            return
        try:
            self._loop.call_soon_threadsafe(do, *given)
        except RuntimeError:
            log.debug("The server is going down: nobody was told.")


class InProcessBus(Local):
    """Everything in this process, which must therefore be the only one that serves this network."""

    _claimed = None

    def claim(self) -> None:
        if self._claimed is None:
            self._claimed = _only_server(settings.DATA_DIR / "live.lock")

    async def join(self, group: str, listener: Listener) -> None:
        self.hub.join(group, listener)

    def publish(self, group: str, payload: bytes) -> None:
        self.on_loop(self.hub.publish, group, payload)

    def order(self, order: str, group: str, *facts: Any) -> None:
        self.on_loop(self._obey, order, group, *facts)

    def state(self) -> str:
        return "ok"


def _only_server(path: Path):
    """Hold a lock for the life of this process; the system lets it go, whatever ends us."""
    kept = path.open("a")
    try:
        fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        kept.close()
        raise RuntimeError(
            "Another server process already serves this network. Without Redis, live messages stay within one process, and "
            "people would miss each other’s words. Run one process only, or name a Redis server in REDIS_URL."
        ) from None
    return kept


@cache
def bus() -> Bus:
    """The bus of this process."""
    if settings.REDIS_URL:
        from .pubsub import RedisBus

        return RedisBus(settings.REDIS_URL)
    return InProcessBus()
