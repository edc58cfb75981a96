"""The way out to Redis: a thread of its own, so that whoever says something never waits for the network."""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger("alliance.live")

PATIENCE = 1.0  # seconds that Redis may take to answer
AGAIN = 1.0  # seconds before it is tried again
BATCH = 256  # frames sent in one go


def connection_facts() -> dict[str, Any]:
    """How Redis is spoken to: quickly, or not at all. We retry ourselves, and know then what was lost."""
    return {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0), "protocol": 2}


class Sender:
    """Sends frames in the order in which they came. What cannot be sent is given to `instead`, and then forgotten."""

    def __init__(self, url: str, instead: Callable[[str, bytes], None]):
        self.rests = False
        self._client = Redis.from_url(url, **connection_facts())
        self._instead = instead
        self._queue: SimpleQueue[tuple[str, bytes] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._again_at = 0.0

    def send(self, channel: str, payload: bytes) -> None:
        """Hand over, from any thread."""
        if self._thread is None:
            self._start()
        self._queue.put((channel, payload))

    def failed_lately(self) -> bool:
        """Whether something could not be sent, a moment ago: who says nothing more does not find out that Redis is back."""
        return self.rests and time.monotonic() < self._again_at + AGAIN

    def answers(self) -> bool:
        """Whether Redis answers now. Takes PATIENCE at most."""
        try:
            return bool(self._client.ping())
        except (RedisError, OSError):
            return False

    def close(self) -> None:
        """Send what waits, as a command does before it ends; not longer than it takes to see that Redis rests."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(2 * PATIENCE)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="live sender", daemon=True)
                thread.start()
                atexit.register(self.close)
                self._thread = thread

    def _work(self) -> None:
        while (batch := self._batch()) is not None:
            if self.rests and time.monotonic() < self._again_at:
                self._elsewhere(batch)
                continue
            try:
                pipe = self._client.pipeline(transaction=False)
                for channel, payload in batch:
                    pipe.publish(channel, payload)
                pipe.execute()
                self.rests = False
            except (RedisError, OSError) as error:
                if not self.rests:
                    log.warning("Redis takes no messages (%s).", error)
                self.rests, self._again_at = True, time.monotonic() + AGAIN
                self._elsewhere(batch)

    def _batch(self) -> list[tuple[str, bytes]] | None:
        """What waits, or None at the end."""
        batch: list[tuple[str, bytes]] = []
        try:
            while len(batch) < BATCH:
                given = self._queue.get(block=not batch)
                if given is None:
                    if not batch:
                        return None
                    self._queue.put(None)
                    break
                batch.append(given)
        except Empty:
            pass
        return batch

    def _elsewhere(self, batch: list[tuple[str, bytes]]) -> None:
        for channel, payload in batch:
            self._instead(channel, payload)
