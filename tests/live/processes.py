"""Other server processes of the same network, as the bus knows them: `python -m tests.live.processes` runs one, without sockets.

It listens to rooms as a socket would, and says what it hears. Orders are JSON lines on standard input, answers likewise:
{"join": group} {"leave": group} {"publish": [group, text]} {"order": [order, group, *facts]} {"state": null} {"heard": null}
{"obeyed": null}
"""

import asyncio
import json
import os
import subprocess
import sys

from alliance.live.frames import text_of


class Ear:
    """A listener that keeps what it hears."""

    closed = False

    def __init__(self):
        self.frames: list[bytes] = []

    def hear(self, data: bytes, frames=()) -> None:
        self.frames.extend(frames or [data])

    def end(self, code: int) -> None:
        self.closed = True

    def texts(self) -> list[str]:
        return [text_of(frame) for frame in self.frames]


class Process:
    """The handle that a test has of such a process."""

    def __init__(self, url: str, **environment: str):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.processes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "REDIS_URL": url, "DJANGO_SETTINGS_MODULE": "alliance.settings", **environment},
        )  # fmt: skip

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_error) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def ask(self, order: str, given=None):
        print(json.dumps({order: given}), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


async def main() -> None:
    import django

    django.setup()
    from alliance.live.bus import bus

    ear, obeyed = Ear(), []
    loop = asyncio.get_running_loop()
    bus().start(loop, lambda *order: obeyed.append(order))
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        (order, given), answer = next(iter(json.loads(line).items())), None
        if order == "join":
            await bus().join(given, ear)
        elif order == "leave":
            bus().leave(given, ear)
        elif order == "publish":
            bus().publish(given[0], given[1].encode())
        elif order == "order":
            bus().order(*given)
        elif order == "state":
            answer = bus().state()
        elif order == "heard":
            await asyncio.sleep(0.01)
            answer = ear.texts()
        elif order == "obeyed":
            answer = obeyed
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
