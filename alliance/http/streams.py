"""Answers sent piece by piece, at the client's pace, and ended when the client leaves."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections
from django.http import FileResponse
from django.http.response import HttpResponseBase

from .bodies import Receive
from .threads import Threads

Send = Callable[[dict[str, Any]], Awaitable[None]]

PIECE = 256 * 1024  # bytes of a file read at a time
STALL = 60.0  # seconds that a client may take for one piece
STREAMS = 32  # threads for streams that the database feeds: such a stream stays in one thread, as its connection does

_streams = ThreadPoolExecutor(STREAMS, thread_name_prefix="stream")


class Left(Exception):
    """The client went away, or takes nothing any more."""


async def send(
    response: HttpResponseBase,
    context: contextvars.Context,
    head: dict[str, Any],
    scope: dict[str, Any],
    receive: Receive,
    send: Send,
    threads: Threads,
) -> None:
    """Send an open response in its own context. Always closes it; an error of the stream itself is raised."""
    watch = asyncio.ensure_future(_departure(receive))
    closed = False  # by the stream's own thread

    async def piece(body: bytes, more: bool = True) -> None:
        if watch.done():
            raise Left
        try:
            await asyncio.wait_for(send({"type": "http.response.body", "body": body, "more_body": more}), STALL)
        except TimeoutError:
            raise Left from None

    try:
        await send(head)
        if scope["method"] != "HEAD":
            if getattr(response, "is_async", False):
                await _from_coroutine(response, piece)
            elif isinstance(response, FileResponse):
                await _from_file(response, context, piece, threads)
            else:
                closed = True
                await _from_generator(response, context, piece)
        await piece(b"", more=False)
    except Left:
        pass
    finally:
        watch.cancel()
        if not closed:
            await asyncio.shield(threads.run(context.run, response.close))


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _from_file(response: FileResponse, context: contextvars.Context, piece, threads: Threads) -> None:
    response.block_size = PIECE
    parts = iter(response)

    def take() -> bytes | None:
        return context.run(next, parts, None)

    while (part := await threads.run(take)) is not None:
        await piece(part)


async def _from_coroutine(response: HttpResponseBase, piece) -> None:
    async for part in response:
        await piece(part)


async def _from_generator(response: HttpResponseBase, context: contextvars.Context, piece) -> None:
    """Run the generator from its first step to its end in one thread, which waits while the client takes each piece."""
    loop = asyncio.get_running_loop()

    def pour() -> None:
        try:
            for part in response:
                asyncio.run_coroutine_threadsafe(piece(part), loop).result(STALL + 5)
        finally:
            response.close()
            connections.close_all()

    await loop.run_in_executor(_streams, context.run, pour)
