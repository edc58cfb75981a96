"""The bus between processes: Redis pub/sub. One subscription per group and process, and the payload is the finished frame.

At most once is enough: the database replays. While Redis rests, each process goes on telling its own sockets, the state says
`degraded`, and whoever posts never waits; when Redis is back, we subscribe anew and every client is told to catch up.
"""

import asyncio
import json
import logging
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Connection, Redis
from redis.exceptions import RedisError

from .bus import Local, Obey
from .frames import framed, written
from .listeners import Listener
from .sender import PATIENCE, Sender, connection_facts

log = logging.getLogger("alliance.live")

BEAT = 1.0  # seconds between two signs of life that we ask of Redis
SILENCE_MOST = 2.5  # seconds without one, after which Redis rests
PAUSES = (0.2, 2.0)  # seconds between attempts: the first, the longest


class RedisBus(Local):
    """`publish` and `order` hand over to a thread; one connection on the loop hears for all sockets of this process."""

    def __init__(self, url: str, name: str):
        super().__init__()
        self._url = url
        # Channels are the same in every database of a server: the number of ours keeps two networks on it apart.
        self._prefix = f"{name}:{urlsplit(url).path.strip('/') or 0}:"
        self._orders = f"{self._prefix}orders"
        self._sender = Sender(url, self._locally)
        self._listening: asyncio.Task | None = None
        self._woken = asyncio.Event()
        self._subscribed: dict[str, asyncio.Future] = {}  # group → done when Redis has confirmed
        self._rests = False

    def claim(self) -> None:
        """Any number of processes may serve."""

    def start(self, loop: asyncio.AbstractEventLoop, obey: Obey) -> None:
        if self._listening is None or self._loop is not loop or self._listening.done():
            super().start(loop, obey)
            self._woken, self._subscribed = asyncio.Event(), {}
            self._listening = loop.create_task(self._listen())

    def publish(self, group: str, payload: bytes) -> None:
        self._sender.send(self._prefix + group, framed(payload))

    def order(self, order: str, group: str, *facts: Any) -> None:
        self._sender.send(self._orders, json.dumps([order, group, *facts]).encode())

    def state(self) -> str:
        """By what this process knows; one that holds no sockets asks Redis."""
        if self._listening is None:
            return "ok" if self._sender.answers() else "degraded"
        return "degraded" if self._rests or self._sender.failed_lately() else "ok"

    async def join(self, group: str, listener: Listener) -> None:
        self.hub.join(group, listener)
        if not _carries_words(group):
            return
        confirmed = self._subscribed.get(group)
        if confirmed is None:
            confirmed = self._subscribed[group] = asyncio.get_running_loop().create_future()
            self._woken.set()
        if not confirmed.done() and not self._rests:
            await asyncio.wait([confirmed], timeout=PATIENCE)

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
            elif self._obey is not None:
                self._obey(*json.loads(payload))
        except Exception:
            log.exception("Something on %s could not be understood.", channel)  # one such word must not end the listening

    async def _listen(self) -> None:
        """Subscribe and hear for ever, through every failure of Redis."""
        pause = PAUSES[0]
        while True:
            line: Connection = Redis.from_url(self._url, **connection_facts()).connection_pool.make_connection()
            try:
                await line.connect()
                await self._hear(line)
            except (RedisError, OSError, TimeoutError) as error:
                if not self._rests:
                    log.warning("REDIS_URL: Redis rests (%s). Live messages stay within each process until it is back.", error)
                    self._rests, pause = True, PAUSES[0]
                    self._tell_all(written("live.resting", {}))
            finally:
                for confirmed in self._subscribed.values():
                    confirmed.cancel()
                self._subscribed = {}
                await line.disconnect(nowait=True)
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSES[1])

    async def _hear(self, line: Connection) -> None:
        following = asyncio.ensure_future(self._follow(line))
        try:
            while True:
                # Pings are answered on this line too: whatever comes is a sign of life.
                said = await line.read_response(timeout=SILENCE_MOST)
                if said is None:  # how redis-py says that nothing came in time
                    raise TimeoutError(f"it has said nothing for {SILENCE_MOST} s")
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
                # As on the first day: who hears this fetches what was said meanwhile.
                self._tell_all(written("hello", {"protocol": 1}))

    async def _follow(self, line: Connection) -> None:
        """Keep the subscriptions level with the groups that are heard here, and ask for signs of life. Ends with the line."""
        known: set[str] = set()
        first = [self._orders]
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
                try:
                    await asyncio.wait_for(self._woken.wait(), BEAT)
                except TimeoutError:
                    await line.send_command("PING", check_health=False)
        except (RedisError, OSError) as error:
            log.debug("The line to Redis ended: %s", error)  # who reads on it finds out too

    def _tell_all(self, payload: bytes) -> None:
        frame = framed(payload)
        for listener in self.hub.everybody():
            listener.hear(frame)


def _carries_words(group: str) -> bool:
    """Sessions only get orders, which have a channel of their own."""
    return not group.startswith("session.")
