"""What befalls the servers and our own processes, each at moments of its own."""

import os
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.journeys.house import ROOT
from tests.journeys.street import Street

SERVICES = ("postgresql", "redis", "elasticsearch", "clamd", "s3")
FROZEN = 10.0  # seconds


def services(*words: str) -> str:
    """tests/services, which keeps the servers of this run."""
    script = str(ROOT / "tests" / "services")
    return subprocess.run([script, *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def started() -> dict[str, str]:
    """Start every service; the variables by which the network finds them."""
    services("start", *SERVICES)
    lines = [line.removeprefix("export ").split("=", 1) for line in services("env").splitlines()]
    return dict(lines)


class Troubles:
    """`moments` of each kind for each service and for each kind of process; `counts` says what was done."""

    def __init__(self, street: Street, moments: int, seed: int):
        self.street, self.moments = street, moments
        self.counts: Counter[str] = Counter()
        self.times: list[tuple[str, float, float]] = []  # what befell, from when, until when
        self._threads = [
            threading.Thread(target=self._service, args=(name, random.Random(f"{seed} {name}")), daemon=True) for name in SERVICES
        ]
        self._threads += [
            threading.Thread(target=self._process, args=(kind, random.Random(f"{seed} {kind}")), daemon=True)
            for kind in ("server", "worker")
        ]

    def begin(self) -> None:
        threading.Thread(target=self._supervise, daemon=True).start()
        for thread in self._threads:
            thread.start()

    def _supervise(self) -> None:
        """As the system's supervisor does: what ended with a sentence, because it began while the database rested, begins again."""
        while True:
            for name, process in list(self.street.processes.items()):
                if process.poll() == 1:
                    self.street.start_one(name, *self.street.commands[name])
                    self.counts[f"{name.split()[0]} begun again"] += 1
            time.sleep(0.5)

    def over(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def _service(self, name: str, chance: random.Random) -> None:
        for _moment in range(self.moments):
            time.sleep(chance.uniform(1, 8))
            with self._told(f"{name} frozen"):
                services("pause", name)
                time.sleep(FROZEN)
                services("resume", name)
            time.sleep(chance.uniform(1, 8))
            with self._told(f"{name} killed"):
                services("kill", name)
                time.sleep(chance.uniform(1, 3))
                _begun_again(name)

    def _process(self, kind: str, chance: random.Random) -> None:
        commands = {name: words for name, words in self.street.commands.items() if name.startswith(kind)}
        for _moment in range(self.moments):
            time.sleep(chance.uniform(3, 15))
            name = chance.choice(sorted(commands))
            with self._told(f"{kind} killed"):
                self.street.kill_one(name)
                time.sleep(chance.uniform(0.5, 3))
                self.street.start_one(name, *commands[name])

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.counts[what] += 1
        self.times.append((what, begun, time.monotonic()))

    def during(self, begun: float, ended: float) -> list[str]:
        """What befell between two moments."""
        return sorted({what for what, since, until in self.times if since < ended and until > begun})


def _begun_again(name: str) -> None:
    """Start a server that was killed; like any supervisor, more than once if need be."""
    for attempt in range(3):
        try:
            services("start", name)
            return
        except subprocess.CalledProcessError:
            print(f"{name} did not begin, attempt {attempt + 1}", flush=True)
            time.sleep(2)
    raise RuntimeError(f"{name} does not begin again")


os.environ.setdefault("SERVICES_SHIFT", "600")  # beside the servers that a developer may have running
os.environ.setdefault(
    "SERVICES_NICE", "10"
)  # one that begins again would take the machine from those who serve; in life it has its own
