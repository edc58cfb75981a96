"""Tasks that leave a trace in a file, so that a test can count what several processes did."""

import os
import sys
import time
from pathlib import Path

from django.db import OperationalError
from django.utils import translation
from django_tasks import task

from alliance.background import every
from alliance.errors import Unavailable


def _append(path: str, line: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{line}\n".encode())
    os.close(file)


@task()
def note(path: str, line: str) -> str:
    _append(path, line)
    return line


@task()
def last_until(path: str, sign: str, seconds: float = 200.0) -> None:
    """A long task: ends when the file `sign` is there."""
    _append(path, "begun")
    until = time.monotonic() + seconds
    while not Path(sign).exists() and time.monotonic() < until:
        time.sleep(0.02)
    _append(path, "ended")


@task()
def meet(path: str, seconds: float = 60.0) -> None:
    """Ends when two are in it at once, which one worker alone never is."""
    _append(path, "here")
    until = time.monotonic() + seconds
    while (here := Path(path).read_text().count("here")) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    assert here >= 2


@task()
def wait_for(path: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not Path(path).exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert Path(path).exists()


@task()
def note_twice(path: str) -> None:
    note.enqueue(path, "first")
    note.enqueue(path, "second")


@task()
def stumble(word: str) -> None:
    raise LookupError(word)


@task()
def leave() -> None:
    sys.exit(3)


@task()
def find_search_resting() -> None:
    raise Unavailable("Search is resting.", part="search")


@task()
def find_the_database_resting() -> None:
    raise OperationalError("deadlock detected")


@task()
def speak_arabic(path: str) -> None:
    _append(path, translation.get_language())
    translation.activate("ar")


@task()
def return_a_set() -> set:
    return {1}


@task(takes_context=True)
def note_own_id(context, path: str) -> None:
    _append(path, str(context.task_result.id))


@every(60)
@task()
def sweep() -> str:
    return "swept"
