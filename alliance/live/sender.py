"""The way out to Redis: a thread of its own, so that whoever says something never waits for the network."""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from redis import Redis

from .address import PATIENCE, client, why_it_rests

log = logging.getLogger("alliance.live")

AGAIN = 1.0  # seconds before Redis is tried again
BATCH = 256  # frames sent in one go

Word = tuple[str, bytes]  # (channel, payload)


class Sender:
    """Sends frames in the order in which they came. What cannot be sent is given to `instead`, and then forgotten.

    While Redis rests it is tried every second, whether anything is to be sent or not; `missed` is said first to tell the other
    processes that they did not hear everything. `turned` is called in our thread when `rests` has changed.
    """

    def __init__(self, url: str, instead: Callable[[str, bytes], None], missed: Word, turned: Callable[[], None]):
        self.rests = False
        self._url, self._instead, self._missed, self._turned = url, instead, missed, turned
        self._client: Redis | None = None
        self._queue: SimpleQueue[Word | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._again_at = 0.0

    def send(self, channel: str, payload: bytes) -> None:
        """Hand over, from any thread."""
        if self._thread is None:
            self._start()
        self._queue.put((channel, payload))

    def answers(self) -> bool:
        """Whether Redis answers now. Takes PATIENCE for each step at most."""
        try:
            with client(self._url) as asked:
                return bool(asked.ping())
        except Exception:  # noqa: BLE001 - however it says no
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
                self._publish([*batch, self._missed] if self.rests else batch)
                if self.rests:
                    self.rests = False
                    self._turned()
            except Exception as error:  # whatever it was: the next word finds this thread at work
                self._again_at = time.monotonic() + AGAIN
                self._elsewhere(batch)
                if not self.rests:
                    log.warning("%s", why_it_rests(error))
                    self.rests = True
                    self._turned()

    def _publish(self, batch: list[Word]) -> None:
        if self._client is None:
            self._client = client(self._url)
        pipe = self._client.pipeline(transaction=False)
        for channel, payload in batch:
            pipe.publish(channel, payload)
        pipe.execute()

    def _batch(self) -> list[Word] | None:
        """What waits; nothing, when Redis rests and is to be tried again; None at the end."""
        batch: list[Word] = []
        try:
            while len(batch) < BATCH:
                given = self._queue.get(block=not batch, timeout=AGAIN if self.rests else None)
                if given is None:
                    if not batch:
                        return None
                    self._queue.put(None)
                    break
                batch.append(given)
        except Empty:
            pass
        return batch

    def _elsewhere(self, batch: list[Word]) -> None:
        for channel, payload in batch:
            self._instead(channel, payload)
