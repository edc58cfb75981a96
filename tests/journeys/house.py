"""A real network on this machine: its own folder, its own server process, its letters."""

import email
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from email.policy import default
from pathlib import Path

from tests.databases import fresh_database

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 90  # seconds: a busy machine may take that long to start a process
_given: set[int] = set()  # ports that were named in this process


def free_port() -> int:
    """A port for a server that starts in a while: below those that the system gives to whoever asks for any, and named only once."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


class House:
    """Runs `manage.py` commands and the server against one DATA_DIR."""

    def __init__(self, folder: Path, **environment: str):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "alliance.settings",
            "API_SPARINGLY": "1000/min",
            "SHARED_NAME": f"{os.environ.get('SHARED_NAME', 'alliance')}-{self.port}",
            "SEARCH_AT_ONCE": "",
            **environment,
        }
        # Without a database given by name, a house has one of its own: its folder's, or a fresh one on the server.
        if "DATABASE_URL" not in environment and (own := fresh_database()):
            self.environment["DATABASE_URL"] = own
        self.process: subprocess.Popen | None = None
        self.log = folder / "server.log"

    def manage(self, *words: str, check: bool = True) -> str:
        """A command's standard output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300
        )
        if check and done.returncode:
            raise AssertionError(f"manage.py {words[0]}: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def start(self) -> "House":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.url}/livez", timeout=5).read()
                return self
            except (OSError, urllib.error.URLError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def state(self) -> dict:
        """What /readyz says."""
        try:
            return json.load(urllib.request.urlopen(f"{self.url}/readyz", timeout=30))
        except urllib.error.HTTPError as answer:
            return json.load(answer)

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def letters(self, to: str) -> list[str]:
        """The bodies of the letters to an address, oldest first."""
        found = []
        for path in sorted((self.folder / "mail").glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=default)
            if to in str(message["To"]):
                found.append(message.get_body(("plain",)).get_content())
        return found

    def code(self, to: str, *, after: int = 0, seconds: float = 60) -> str:
        """The code that stands alone on its line in the newest such letter to `to`, the first `after` letters aside."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for letter in reversed(self.letters(to)[after:]):  # one without a code may have overtaken it
                codes = re.findall(r"^([A-Z0-9]{4,}(?:-[A-Z0-9]+)*)$", letter, re.M)
                if codes:
                    return codes[0]
            time.sleep(0.1)
        raise AssertionError(f"no letter with a code to {to}")
