"""What a supervisor asks: does the process live, which part rests, how much is there."""

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
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
    except DatabaseError:
        return "down"


def _worker() -> str:
    state = background.state()
    return "ok" if state.workers and not state.failed and (state.oldest or 0) < 300 else "degraded"


def _checked(check) -> str:
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever a part does, the others are still reported
        return "down"


@require_safe
def readyz(request):
    """Each part: ok, degraded or down. 503 only without the database: without any other part the site still works."""
    parts = {"database": _database()}
    if parts["database"] == "ok":
        parts |= {
            "search": _checked(lambda: engine().state()),
            "live": _checked(exchanges.live_state),
            "worker": _checked(_worker),
            "files": _checked(exchanges.files_state),
            "scanner": _checked(exchanges.scanner_state),
            "mail": _checked(mail.state),
        }
    overall = "down" if parts["database"] == "down" else "ok" if set(parts.values()) <= {"ok", "off"} else "degraded"
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
