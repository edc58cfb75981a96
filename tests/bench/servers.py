"""Server processes under measurement: started on a free port, asked, and charged with the processor time they used."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
_TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def processor_seconds(pid: int) -> float:
    """User and system time of a process and its living children, in seconds."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK + sum(processor_seconds(int(child)) for child in children)


class Server:
    """A server process. `command` gets its port where it says PORT."""

    def __init__(self, *command: str, settings: str = "tests.bench.house"):
        self.port = free_port()
        told = [word.replace("PORT", str(self.port)) for word in command]
        surroundings = os.environ | {"DJANGO_SETTINGS_MODULE": settings, "PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(told, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL)

    def __enter__(self) -> "Server":
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended at once: {self.process.args}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"The server did not begin to listen: {self.process.args}")

    def __exit__(self, *_error) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def request(self, target: str, *headers: str) -> bytes:
        """A GET as a browser would send it: the bytes."""
        lines = ["User-Agent: Mozilla/5.0 (X11; Linux x86_64)", "Accept: text/html,*/*;q=0.8", "Accept-Language: fr,en;q=0.5"]
        return "\r\n".join([f"GET {target} HTTP/1.1", f"Host: localhost:{self.port}", *lines, *headers, "", ""]).encode()

    def load(self, request: bytes, seconds: float, connections: int = 16) -> dict:
        """Ask over and over for `seconds`; `per_cpu` is answers per second of the server's processor time."""
        before = processor_seconds(self.process.pid)
        client = [sys.executable, "-m", "tests.bench.load", str(self.port), str(seconds), str(connections)]
        asked = subprocess.run(client, cwd=ROOT, input=request, stdout=subprocess.PIPE, check=True, timeout=60)
        said = json.loads(asked.stdout)
        used = processor_seconds(self.process.pid) - before
        return said | {"cpu": used, "per_cpu": said["answers"] / max(used, 1e-9), "per_second": said["answers"] / said["seconds"]}


def interleaved(rounds: int, **runs: Callable[[], dict]) -> dict[str, dict]:
    """Each run in turn, `rounds` times: what disturbs one disturbs all. For each, the medians."""
    taken: dict[str, list[dict]] = {name: [] for name in runs}
    for turn in range(rounds):
        for name in runs if turn % 2 == 0 else reversed(runs):
            taken[name].append(runs[name]())
    return {
        name: {fact: median(round_[fact] for round_ in said) for fact in ("per_cpu", "per_second", "status", "length")}
        for name, said in taken.items()
    }
