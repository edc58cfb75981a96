"""HTTP in the one-process mode against WSGI, and public pages against the floor (PERFORMANCE.md 7, 9)."""

import subprocess
import sys
from contextlib import ExitStack
from functools import partial

from .rows import Row
from .servers import ROOT, Server, interleaved

ROUNDS, SECONDS = 4, 0.8
SOMEBODY = "Cookie: a-reader=1"  # a cookie nobody knows: the page is made anew each time


def measure() -> list[Row]:
    """One server at a time is under load; ratios of answers per second of the server's own processor time."""
    python = sys.executable
    subprocess.run([python, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
    named = ["--name", "Measured", "--email", "secretariat@measured.example"]
    subprocess.run([python, "manage.py", "found", *named], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    gunicorn = [python, "-m", "gunicorn", "tests.bench.house:stock", "--bind", "127.0.0.1:PORT", "--workers", "1"]
    with ExitStack() as stack:
        ours = stack.enter_context(Server(python, "manage.py", "serve", "--no-worker", "--port", "PORT"))
        wsgi = stack.enter_context(Server(*gunicorn, "--threads", "4", "--keep-alive", "75", "--log-level", "error"))
        rows = [_against_wsgi("null view", "/bench/null/", ours, wsgi)]
        rows.append(_against_wsgi("charter page, made anew", "/fr/charter/", ours, wsgi))
        page = ours.request("/bench/page/")
        length = ours.load(page, 0.2)["length"]
        floor = stack.enter_context(Server(python, "-m", "tests.bench.floor", "PORT", str(length)))
        rows += _cached(ours, floor, page)
    return rows


def _against_wsgi(name: str, target: str, ours: Server, wsgi: Server) -> Row:
    said = interleaved(
        ROUNDS,
        ours=partial(ours.load, ours.request(target, SOMEBODY), SECONDS),
        wsgi=partial(wsgi.load, wsgi.request(target, SOMEBODY), SECONDS),
    )
    assert said["ours"]["status"] == said["wsgi"]["status"] == 200
    return Row(f"one-process HTTP against WSGI: {name}", _ratio(said, "ours", "wsgi"), "≥ 0.9", _rates(said, gunicorn="wsgi"))


def _cached(ours: Server, floor: Server, page: bytes) -> list[Row]:
    """The cached page by the bytes of a returning browser, by bytes never seen (each round), and 304."""
    tag = _tag(ours, page)
    said = interleaved(
        ROUNDS,
        same=partial(ours.load, page, SECONDS),
        floor=partial(floor.load, floor.request("/bench/page/"), SECONDS),
        other=partial(ours.load, page.replace(b"\r\n\r\n", b"\r\nX-Padding: " + b"x" * 4096 + b"\r\n\r\n"), SECONDS),
        unmodified=partial(ours.load, page.replace(b"\r\n\r\n", b"\r\nIf-None-Match: " + tag + b"\r\n\r\n"), SECONDS),
        null=partial(ours.load, ours.request("/bench/null/", SOMEBODY), SECONDS),
    )
    assert said["unmodified"]["status"] == 304 and said["same"]["status"] == 200
    weight = f"{said['same']['length']:,.0f} bytes; "
    return [
        Row(
            "cached public page against the floor",
            _ratio(said, "same", "floor"),
            "≥ 0.7",
            weight + _rates(said, floor="floor", ours="same"),
        ),
        Row("the same, by a request not recognised", _ratio(said, "other", "floor"), "", _rates(said, ours="other")),
        Row("304 against a null view", _ratio(said, "unmodified", "null"), "≥ 0.9", _rates(said, null="null", ours="unmodified")),
    ]


def _tag(server: Server, request: bytes) -> bytes:
    import socket

    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
        line.sendall(request)
        head = line.recv(65536).split(b"\r\n\r\n")[0]
    return next(line.split(b": ", 1)[1] for line in head.split(b"\r\n") if line.lower().startswith(b"etag:"))


def _ratio(said: dict[str, dict], one: str, other: str) -> float:
    return said[one]["per_cpu"] / said[other]["per_cpu"]


def _rates(said: dict[str, dict], **names: str) -> str:
    names = {"ours": "ours", **names}
    return ", ".join(f"{name} {said[key]['per_cpu']:,.0f}/CPU s" for name, key in names.items())
