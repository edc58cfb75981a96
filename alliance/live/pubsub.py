"""The bus between processes: Redis pub/sub. One subscription per group and process, and the payload is the finished frame.

At most once is enough: the database replays. While Redis rests, each process goes on telling its own sockets, the state says
`degraded`, whoever posts never waits, and clients are told `live.resting`, upon which they ask by `seq` from time to time. When
Redis is back, we subscribe anew, and then say `hello` again: whoever hears it catches up. So do the sockets of all processes when
one of them could not send for a while (the order `missed`): it alone knows that there was something.
"""

import asyncio
import json
import logging
import time
import uuid
from contextlib import suppress
from typing import Any

from redis.asyncio import Connection

from .address import PATIENCE, line, prefix, why_it_rests
from .bus import Local, Obey
from .frames import HELLO, RESTING, framed
from .listeners import Listener
from .sender import Sender

log = logging.getLogger("alliance.live")

BEAT = 1.0  # seconds between two signs of life that we ask of Redis
SILENCE_MOST = 2.5  # seconds without one, after which Redis rests
PAUSES = (0.2, 2.0)  # seconds between attempts: the first, the longest
MISSED_WITHIN = 0.5  # seconds in which the `missed` of several processes become one `hello`


class RedisBus(Local):
    """`publish` and `order` hand over to a thread; one connection on the loop hears for all sockets of this process."""

    def __init__(self, url: str):
        super().__init__()
        self._url, self._prefix, self._process = url, prefix(url), uuid.uuid4().hex
        self._orders = f"{self._prefix}orders"
        missed = (self._orders, json.dumps(["missed", self._process]).encode())
        self._sender = Sender(url, self._locally, missed, lambda: self.on_loop(self._turned))
        self._listening: asyncio.Task | None = None
        self._woken = asyncio.Event()
        self._subscribed: dict[str, asyncio.Future] = {}  # group → done when Redis has confirmed
        self._rests = False  # nothing is heard; whether anything is sent, the sender knows
        self._told_rests = False  # what our sockets believe
        self._catching_up: asyncio.TimerHandle | None = None

    def claim(self) -> None:
        """Any number of processes may serve."""

    def start(self, loop: asyncio.AbstractEventLoop, obey: Obey) -> None:
        if self._listening is None or self._loop is not loop or self._listening.done():
            super().start(loop, obey)
            self._woken, self._subscribed, self._catching_up = asyncio.Event(), {}, None
            self._listening = loop.create_task(self._listen())

    def publish(self, group: str, payload: bytes) -> None:
        self._sender.send(self._prefix + group, framed(payload))

    def order(self, order: str, group: str, *facts: Any) -> None:
        self._sender.send(self._orders, json.dumps([order, group, *facts]).encode())

    def state(self) -> str:
        """By what this process knows; one that holds no sockets asks Redis."""
        if self._listening is None:
            return "ok" if self._sender.answers() else "degraded"
        return "degraded" if self._rests or self._sender.rests else "ok"

    async def join(self, group: str, listener: Listener) -> None:
        self.hub.join(group, listener)
        if not _carries_words(group):
            return
        confirmed = self._subscribed.get(group)
        if confirmed is None:
            confirmed = self._subscribed[group] = asyncio.get_running_loop().create_future()
            self._woken.set()
        if not confirmed.done() and not self._rests:
            # Confirmed, or cancelled because Redis rests: then `hello` comes when it is back. Sooner, something could be missed.
            await asyncio.wait([confirmed], timeout=SILENCE_MOST + PATIENCE)

    def leave(self, group: str, listener: Listener) -> None:
        if self.hub.leave(group, listener):
            self._woken.set()

    def leave_all(self, listener: Listener) -> None:
        if self.hub.leave_all(listener):
            self._woken.set()

    def _locally(self, channel: str, payload: bytes) -> None:
        """Redis rests: at least the sockets of this process hear it."""
        self.on_loop(self._heard, channel, payload)

    def _heard(self, channel: str, payload: bytes) -> None:
        try:
            if channel != self._orders:
                self.hub.carry(channel[len(self._prefix) :], payload)
                return
            order, about, *facts = json.loads(payload)
            if order == "missed":
                self._missed(about)
            elif self._obey is not None:
                self._obey(order, about, *facts)
        except Exception:
            log.exception("Something on %s could not be understood.", channel)  # one such word must not end the listening

    def _missed(self, process: str) -> None:
        """Another process could not send for a while: our sockets catch up, once for several of them."""
        if process != self._process and self._catching_up is None:

            def now() -> None:
                self._catching_up = None
                if not self._told_rests:  # else `hello` comes by itself
                    self._tell_all(HELLO)

            self._catching_up = asyncio.get_running_loop().call_later(MISSED_WITHIN, now)

    def _turned(self) -> None:
        """Tell our sockets when live has come to rest, or is back."""
        rests = self._rests or self._sender.rests
        if rests != self._told_rests:
            self._told_rests = rests
            self._tell_all(RESTING if rests else HELLO)

    async def _listen(self) -> None:
        """Subscribe and hear for ever, through every failure of Redis."""
        pause = PAUSES[0]
        while True:
            made: Connection | None = None
            try:
                made = line(self._url)
                await made.connect()
                await self._hear(made)
            except Exception as error:  # whatever it was: who listens must go on
                if not self._rests:
                    log.warning("%s", why_it_rests(error))
                    self._rests, pause = True, PAUSES[0]
                    self._turned()
            finally:
                for confirmed in self._subscribed.values():
                    confirmed.cancel()
                self._subscribed = {}
                if made is not None:
                    with suppress(Exception):
                        await made.disconnect(nowait=True)
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSES[1])

    async def _hear(self, line: Connection) -> None:
        following = asyncio.ensure_future(self._follow(line))
        try:
            while True:
                # Pings are answered on this line too: whatever comes is a sign of life.
                said = await line.read_response(timeout=SILENCE_MOST)
                if said is None:
                    raise TimeoutError(f"silent for {SILENCE_MOST} s")
                self._read(said)
        finally:
            following.cancel()

    def _read(self, said: list) -> None:
        kind = said[0]
        if kind == b"message":
            self._heard(said[1].decode(), said[2])
        elif kind == b"subscribe":
            channel = said[1].decode()
            confirmed = self._subscribed.get(channel[len(self._prefix) :])
            if confirmed is not None and not confirmed.done():
                confirmed.set_result(None)
            if channel == self._orders and self._rests:
                log.warning("Redis is back.")
                self._rests = False
                self._turned()

    async def _follow(self, line: Connection) -> None:
        """Keep the subscriptions level with the groups that are heard here, and ask for signs of life. Ends with the line."""
        known: set[str] = set()
        first, asked = [self._orders], time.monotonic()
        try:
            while True:
                self._woken.clear()
                wanted = {group for group in self.hub.groups if _carries_words(group)}
                fresh, stale = wanted - known, known - wanted
                for group in fresh:
                    self._subscribed.setdefault(group, asyncio.get_running_loop().create_future())
                for group in stale:
                    self._subscribed.pop(group, None)
                if stale:
                    await line.send_command("UNSUBSCRIBE", *(self._prefix + group for group in stale), check_health=False)
                # The orders come last the first time: when they are confirmed, everything is.
                if channels := [*(self._prefix + group for group in fresh), *first]:
                    await line.send_command("SUBSCRIBE", *channels, check_health=False)
                known, first = wanted, []
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), max(asked + BEAT - time.monotonic(), 0))
                if time.monotonic() - asked >= BEAT:
                    asked = time.monotonic()
                    await line.send_command("PING", check_health=False)
        except Exception as error:  # noqa: BLE001 - who reads on this line finds out too
            log.debug("The line to Redis ended: %s", error)

    def _tell_all(self, frame: bytes) -> None:
        for listener in self.hub.everybody():
            listener.hear(frame)


def _carries_words(group: str) -> bool:
    """Sessions only get orders, which have a channel of their own."""
    return not group.startswith("session.")
