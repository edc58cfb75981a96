"""Processes of our own, which tests start on their own database, kill, and wait for."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from .databases import url_of

ROOT = Path(__file__).parents[1]


def until(true: Callable[[], object], seconds: float = 90.0):
    """Wait until `true()` is, and return what it said; fail after `seconds`: as long as a busy machine may take to start a process."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if said := true():
            return said
        time.sleep(0.02)
    raise AssertionError(f"not true within {seconds} s")


@contextmanager
def processes(words: Path, **surroundings: str) -> Iterator[Callable[..., subprocess.Popen]]:
    """Gives what starts one: `start("manage.py", "worker")`. What they say goes to `words`; those left are killed at the end."""
    common = {
        "DATABASE_URL": url_of(connection.settings_dict),
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
        "PYTHONPATH": str(ROOT),
    }
    started: list[subprocess.Popen] = []

    def start(*command: str, **more: str) -> subprocess.Popen:
        with words.open("ab") as said:
            environment = os.environ | common | surroundings | more
            started.append(
                subprocess.Popen([sys.executable, "-u", *command], cwd=ROOT, env=environment, stdout=said, stderr=said)
            )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
