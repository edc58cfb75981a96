import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tests.databases import url_of

ROOT = Path(__file__).parents[2]


def until(true, seconds=20.0):
    """Wait until `true()` is, and return what it said; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if said := true():
            return said
        time.sleep(0.02)
    raise AssertionError(f"not true within {seconds} s")


@pytest.fixture
def workers(transactional_db, tmp_path):
    """Starts worker processes on the test's own database; those left are killed at the end."""
    url = url_of(connection.settings_dict)
    surroundings = os.environ | {
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.background.settings",
        "PYTHONPATH": str(ROOT),
    }
    started = []

    def start(name="trial"):
        words = (tmp_path / f"{name}.log").open("w")
        command = [sys.executable, "-u", "manage.py", "worker", "--name", name]
        with words:
            process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=words, stderr=subprocess.STDOUT)
        process.words = tmp_path / f"{name}.log"
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
