import contextlib
import gc
import signal
import socket

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alliance import database, live
from alliance.founding import parts

FRAME_LIMIT = 64 * 1024  # bytes of one frame from a client
GRACE = 10  # seconds for what is under way when the server is told to stop


def taken(host: str, port: int) -> socket.socket:
    """A socket at this place, taken before anything else is begun; CommandError with a sentence when it cannot be had.

    It does not listen yet: whoever comes is refused at once, and a proxy asks the next server. A place where another server
    listens cannot be taken; of two that begin at one time, the second is refused when it opens.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ear = socket.socket(family, socket.SOCK_STREAM)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        ear.bind((host, port))
    except (OSError, OverflowError) as error:
        ear.close()
        raise refused(host, port, error) from None
    ear.setblocking(False)
    return ear


def refused(host: str, port: int, error: Exception) -> CommandError:
    """What is raised, with a sentence for the technician, when a place cannot be had."""
    return CommandError(
        f"The server cannot listen on {host}, port {port} ({error}). "
        "Perhaps it already runs. Set PORT to another number, for instance: PORT=8001 make run"
    )


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # `manage.py check` is for the gate: a start should be quick
    help = "Serves pages, the API and the sockets in one process, with a worker inside, until Ctrl-C or SIGTERM."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (0.0.0.0 for all)")
        parser.add_argument("--no-worker", action="store_true", help="run no worker here: `manage.py worker` does")

    def handle(self, *, host: str, port: int, no_worker: bool, **_options):
        ear = taken(host, port)
        database.check_level()
        config = configuration(host, ear.getsockname()[1])
        try:
            live.claim()
        except RuntimeError as refusal:
            raise CommandError(str(refusal)) from None
        config.load()
        from alliance import asgi  # reading it sets the whole house up: not before the port is had

        asgi.load()  # before anybody can come
        for line in (f"Data: {settings.DATA_DIR}. Worker: {'not here' if no_worker else 'inside'}.", *parts.lines()):
            self.stdout.write(line)
        # What is loaded now lives as long as the process: the collector need not look at it again (PERFORMANCE.md 10).
        gc.collect()
        gc.freeze()
        try:
            ear.listen(config.backlog)
        except OSError as error:
            raise refused(host, port, error) from None
        worker = None
        if not no_worker:
            from alliance.background.worker import WorkerThread

            worker = WorkerThread()
            worker.start()
        shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104
        self.stdout.write(self.style.SUCCESS(f"The network is open at http://{shown}:{config.port}/ (Ctrl-C closes it)."))
        self.stdout.flush()
        # uvicorn raises the signal again when it has closed: as an exception here, so that the worker is closed too.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[ear])
        if worker:
            self.stdout.write("Ending the task in hand.")
            if not worker.stop(GRACE):
                self.stdout.write("It takes too long; it will be run again after the next start.")
        self.stdout.write("Closed.")


def configuration(host: str, port: int) -> uvicorn.Config:
    """How uvicorn runs here. Client addresses behind proxies are counted in alliance.http, not believed from the left."""
    from alliance.http.protocol import Protocol
    from alliance.live.protocol import Protocol as SocketProtocol

    return uvicorn.Config(
        "alliance.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        http=Protocol,
        ws=SocketProtocol,
        ws_max_size=FRAME_LIMIT,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE,
    )
