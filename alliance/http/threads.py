"""A small pool of threads for an event loop: one queue, one hop in, one hop out."""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Threads:
    """`count` daemon threads that run what loops give them, first come, first served.

    concurrent.futures spends three times as much on a hop, and the hop is what decides. `leaving` is what each thread does last.
    """

    def __init__(self, count: int, name: str, leaving: Callable[[], object]):
        self._leaving = leaving
        self._jobs: SimpleQueue = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, name=f"{name} {n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def run(self, function: Callable[..., T], *given: Any) -> "asyncio.Future[T]":
        """Run `function` in a thread; await its result on the running loop."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._jobs.put((loop, future, function, given))
        return future

    def close(self) -> None:
        """Finish what was given, then end the threads."""
        for _thread in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            loop, future, function, given = job
            told: tuple[Any, ...]
            try:
                told = _succeeded, future, function(*given)
            except BaseException as error:  # handed to whoever waits, whatever it is
                told = _failed, future, error
            try:
                loop.call_soon_threadsafe(*told)
            except RuntimeError:  # the loop has closed: nobody waits
                pass
            del job, loop, future, function, given, told
        self._leaving()


def _succeeded(future: asyncio.Future, result: Any) -> None:
    if not future.done():  # it may have been cancelled
        future.set_result(result)


def _failed(future: asyncio.Future, error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
