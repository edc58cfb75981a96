"""The bus: from the thread in which something happened to the loop in which sockets are held."""

import asyncio
import logging
from collections.abc import Callable
from functools import cache
from typing import Protocol

from .hub import Hub

log = logging.getLogger("alliance.live")


class Bus(Protocol):
    """The port. `publish` and `order` may be called in any thread; they return at once and never raise."""

    hub: Hub

    def start(self, loop: asyncio.AbstractEventLoop, obey: Callable[..., None]) -> None:
        """The sockets of this process live on `loop`; `obey(order, group, *facts)` is called there for each order."""

    def publish(self, group: str, payload: bytes) -> None:
        """These bytes to everybody who hears `group`."""

    def order(self, order: str, group: str, *facts: int) -> None:
        """`close` or `recheck` the sockets of a group."""

    def state(self) -> str:
        """ok or degraded."""


class InProcess:
    """Everything in this process. Without a running server there is nobody to tell, and telling does nothing."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._obey: Callable[..., None] | None = None

    def start(self, loop: asyncio.AbstractEventLoop, obey: Callable[..., None]) -> None:
        self._loop, self._obey = loop, obey

    def publish(self, group: str, payload: bytes) -> None:
        self._on_loop(self.hub.publish, group, payload)

    def order(self, order: str, group: str, *facts: int) -> None:
        if self._obey:
            self._on_loop(self._obey, order, group, *facts)

    def state(self) -> str:
        return "ok"

    def _on_loop(self, do: Callable[..., object], *given: object) -> None:
        if self._loop is None or self._loop.is_closed():
            return
        try:
            self._loop.call_soon_threadsafe(do, *given)
        except RuntimeError:
            log.debug("The server is going down: nobody was told.")


@cache
def bus() -> Bus:
    """The bus of this process."""
    return InProcess()
