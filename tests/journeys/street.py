"""Three server processes and two workers of one network behind nginx, as deploy/nginx.conf puts them in a production."""

import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from .house import ROOT, STARTS_WITHIN, House, free_port

PLACES = (8001, 8002, 8003)  # the ports that deploy/nginx.conf names


class Street(House):
    """A House whose address is nginx's. `kill` ends every process of ours with -9; nginx goes on and says 502 meanwhile."""

    def __init__(self, folder: Path, **environment: str):
        super().__init__(folder, TRUSTED_PROXIES="1", **environment)
        self.ports = [free_port() for _place in PLACES]
        self.commands = {f"server {port}": ("serve", "--no-worker", "--port", str(port)) for port in self.ports}
        self.commands |= {f"worker {number}": ("worker",) for number in (1, 2)}
        self.processes: dict[str, subprocess.Popen] = {}
        self.nginx: subprocess.Popen | None = None

    def start(self) -> "Street":
        for name, words in self.commands.items():
            self.start_one(name, *words)
        if self.nginx is None:
            self.nginx = self._open()
        for port in self.ports:
            self.await_answer(f"http://localhost:{port}/livez", f"server {port}")
        self.await_answer(f"{self.url}/livez", f"server {self.ports[0]}")
        return self

    def start_one(self, name: str, *words: str) -> None:
        """One process of ours, under a name; what it says goes to the log of the house."""
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def await_answer(self, url: str, name: str) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(url, timeout=5).read()
                return
            except (OSError, urllib.error.URLError):
                if self.processes[name].poll() is not None:
                    break
                time.sleep(0.1)
        raise AssertionError(f"{name} did not start:\n{self.log.read_text()[-3000:]}")

    def kill_one(self, name: str) -> None:
        """kill -9 for one process."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def kill(self) -> None:
        for name in self.processes:
            self.kill_one(name)

    def stop(self) -> None:
        running = [process for process in self.processes.values() if process.poll() is None]
        for process in running:
            process.terminate()
        for process in [*running, *([self.nginx] if self.nginx else [])]:
            if process is self.nginx:
                process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _open(self) -> subprocess.Popen:
        """nginx with the configuration that we ship, at our ports and without TLS."""
        told = (ROOT / "deploy" / "nginx.conf").read_text()
        for place, port in zip(PLACES, self.ports, strict=True):
            told = told.replace(f"127.0.0.1:{place}", f"127.0.0.1:{port}")
        told = re.sub(r"^\s*ssl_.*\n", "", told.replace("listen 443 ssl;", f"listen 127.0.0.1:{self.port};"), flags=re.M)
        folder = self.folder / "nginx"
        folder.mkdir(exist_ok=True)
        paths = "".join(f"{kind}_temp_path {folder};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        conf = folder / "nginx.conf"
        conf.write_text(
            f"daemon off; user root; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
            f"events {{ worker_connections 512; }}\nhttp {{ access_log off; {paths} {told} }}\n"
        )
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        return subprocess.Popen([nginx, "-p", str(folder), "-c", str(conf)])
