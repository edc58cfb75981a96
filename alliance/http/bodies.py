"""What a client sends: read whole before a thread is given to it, in memory while small, bounded in size and in patience."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import IO, Any

from django.conf import settings

from .threads import Threads

Receive = Callable[[], Awaitable[dict[str, Any]]]

PATIENCE = 60.0  # seconds between two pieces
MARGIN = 1024 * 1024  # what a form may weigh beside its file
COPIES = 2  # of a large body on this disk: ours, and the file that Django takes out of it


class Gone(Exception):
    """The client left."""


class TooLarge(Exception):
    """The body is larger than we take."""


class TooSlow(Exception):
    """Nothing came for PATIENCE seconds."""


class NoRoom(Exception):
    """The disk on which bodies wait is full."""


def limit() -> int:
    """The largest body that is read, in bytes: the largest document and its form."""
    return settings.DOCUMENT_MAX_BYTES + MARGIN


async def read(headers: dict[bytes, bytes], receive: Receive, threads: Threads) -> tuple[IO[bytes], int]:
    """The body as a file at its start, and its length. Raises Gone, TooLarge, TooSlow or NoRoom, with nothing left behind."""
    announced = headers.get(b"content-length", b"")
    if b"transfer-encoding" not in headers and announced in (b"", b"0"):
        return BytesIO(), 0
    if announced.isdigit() and (len(announced) > 18 or int(announced) > limit()):
        raise TooLarge
    in_memory = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    # Django says 500 when there is no room for its own copy: we say it before.
    if announced.isdigit() and int(announced) > in_memory and not _room_for(COPIES * int(announced)):
        raise NoRoom
    file = tempfile.SpooledTemporaryFile(max_size=in_memory, dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115
    try:
        length = 0
        while True:
            message = await asyncio.wait_for(receive(), PATIENCE)
            if message["type"] == "http.disconnect":
                raise Gone
            piece = message.get("body", b"")
            length += len(piece)
            if length > limit():
                raise TooLarge
            if length <= in_memory:
                file.write(piece)
            else:  # the disk may be slow, and the loop carries the conversations
                await threads.run(file.write, piece)
            if not message.get("more_body", False):
                file.seek(0)
                return file, length
    except TimeoutError:
        file.close()
        raise TooSlow from None
    except OSError as error:
        file.close()
        raise NoRoom from error
    except BaseException:
        file.close()
        raise


def place() -> str:
    """The folder in which large bodies wait."""
    return settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir()


def _room_for(length: int) -> bool:
    return shutil.disk_usage(place()).free >= length
