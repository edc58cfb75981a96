import http.client
import io
import logging
import socket
import threading
import time
import wsgiref.simple_server
from dataclasses import dataclass

import pytest
import uvicorn
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import override_settings

from alliance.http import get_http_application
from alliance.http.pages import pages
from alliance.http.plain import PlainChain
from alliance.http.protocol import Protocol, known
from alliance.http.versions import versions

from . import views

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        found = [value for header, value in self.headers if header.lower() == name.lower()]
        return ", ".join(found) if found else None


class Site:
    """A server on a port of its own, spoken to over a real connection."""

    def __init__(self, port: int):
        self.port = port

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def send(self, raw: bytes, method: str = "GET") -> Answer:
        """Send the bytes as they are, and read one answer."""
        with self.connect() as line:
            line.sendall(raw)
            return read_answer(line, method)

    def ask(self, target: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """One request; `accept_language="fr"` is the header Accept-Language."""
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        lines.setdefault("Host", "localhost")
        if body is not None and "Transfer-Encoding" not in lines:
            lines.setdefault("Content-Length", str(len(body)))
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return self.send(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + (body or b""), method)


def read_answer(line: socket.socket, method: str = "GET") -> Answer:
    response = http.client.HTTPResponse(line, method=method)
    response.begin()
    body = response.read()
    return Answer(response.status, response.getheaders(), body)


class _Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def get_environ(self):
        environ = super().get_environ()
        if "Content-Type" not in self.headers:  # wsgiref would make it text/plain
            del environ["CONTENT_TYPE"]
        return environ

    def log_message(self, *_words):
        pass


@pytest.fixture
def house(transactional_db):
    views.calls.clear()
    views.closed.clear()
    pages.clear()
    versions.forget()
    with override_settings(
        ROOT_URLCONF="tests.http.views",
        MIDDLEWARE=MIDDLEWARE,
        ALLOWED_HOSTS=["localhost", "127.0.0.1", "other.example"],
        LEDGER_LISTENERS=["alliance.http.forget_pages"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    ):
        yield


@pytest.fixture
def site(house):
    """Our application behind uvicorn with our protocol, as `manage.py serve` runs it."""
    ear = socket.create_server(("127.0.0.1", 0))
    chain = get_http_application()
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)
    config = uvicorn.Config(chain, http=Protocol, ws="none", loop="uvloop", lifespan="off", log_config=None, proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [ear]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    known.__init__()
    yield Site(ear.getsockname()[1])
    server.should_exit = True
    thread.join(10)
    chain.close()


def _served(application):
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=_Quiet)

    def serve():
        server.serve_forever(poll_interval=0.01)
        connections.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield Site(server.server_port)
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def stock(house):
    """Django's own WSGI handler: what ours is measured by."""
    yield from _served(WSGIHandler())


@pytest.fixture
def plain(house):
    """Our WSGI application."""
    yield from _served(PlainChain())


def chunked(*pieces: bytes) -> bytes:
    out = io.BytesIO()
    for piece in pieces:
        out.write(b"%x\r\n%b\r\n" % (len(piece), piece))
    return out.getvalue() + b"0\r\n\r\n"
