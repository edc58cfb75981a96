"""What a supervisor asks: does the process live, which part rests, how much is there."""

import hmac
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.db import Error, connection, connections
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from alliance import background
from alliance.search.engines import engine
from exchanges.queries import health as exchanges
from members import mail
from members.queries import health as members


@require_safe
def livez(request):
    """No I/O: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok"
    except Error:
        return "down"


def _worker() -> str:
    try:
        state = background.state()
    except Error:
        return "down"
    return "ok" if state.workers and not state.failed and (state.oldest or 0) < 300 else "degraded"


class Part:
    """A part that may keep whoever asks waiting: it is asked in a thread of its own, once at a time."""

    def __init__(self, ask: Callable[[], str]):
        self._ask = ask
        self._asked: Future[str] | None = None

    def begin(self, threads: ThreadPoolExecutor) -> Future[str]:
        """Ask, unless the last question still waits for its answer."""
        if self._asked is None or self._asked.done():
            self._asked = threads.submit(self._answer)
        return self._asked

    def _answer(self) -> str:
        try:
            return self._ask()
        except Exception:  # noqa: BLE001 - whatever a part does, the others are still reported
            return "down"
        finally:
            connections.close_all()


PATIENCE = 1.5  # seconds for all parts together: a supervisor wants an answer, and what says nothing is down
PARTS = {
    "search": Part(lambda: engine().state()),
    "live": Part(exchanges.live_state),
    "files": Part(exchanges.files_state),
    "scanner": Part(exchanges.scanner_state),
    "mail": Part(mail.state),
}
_threads = ThreadPoolExecutor(len(PARTS), thread_name_prefix="health")


@require_safe
def readyz(request):
    """Each part: ok, degraded or down. 503 only without the database: without any other part the site still works."""
    begun = time.monotonic()
    asked = {name: part.begin(_threads) for name, part in PARTS.items()}
    parts = {"database": _database()}
    if parts["database"] == "ok":
        parts["worker"] = _worker()
        for name, answer in asked.items():
            try:
                parts[name] = answer.result(max(0.0, begun + PATIENCE - time.monotonic()))
            except TimeoutError:
                parts[name] = "down"
    parts = {name: state for name, state in parts.items() if state != "off"}  # what was not asked for is no part
    overall = "down" if parts["database"] == "down" else "ok" if set(parts.values()) == {"ok"} else "degraded"
    answer = JsonResponse({"status": overall, "parts": parts}, status=503 if overall == "down" else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def metrics(request):
    """A handful of counts in Prometheus' text format, for who has the METRICS_TOKEN."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given, settings.METRICS_TOKEN.encode()):
        answer = HttpResponse("401\n", status=401, content_type="text/plain")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    state = background.state()
    counts = {**members.counts(), **exchanges.counts(), "tasks_waiting": state.waiting, "tasks_failed": state.failed}
    lines = [f"# TYPE alliance_{name} gauge\nalliance_{name} {count}" for name, count in counts.items()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")
