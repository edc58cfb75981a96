"""Pages for what went wrong, in the reader's language."""

import logging
import sys

from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.errors import problem_type
from alliance.http import AWAY, database_rests
from alliance.languages.tongues import RIGHT_TO_LEFT

log = logging.getLogger("alliance.frontend")


def refused(request, status: int, title: str, detail: str, **more: str):
    """A page that says in a sentence what was refused and what to do next; for the API, the same as a problem (RFC 9457)."""
    if request.path.startswith("/api/"):
        body = {"type": problem_type(status), "title": title, "status": status, "detail": detail, **more}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    answer = render(request, "error.html", {"status": status, "title": title, "detail": detail}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def bad_request(request, exception=None):
    """Django could not read the request."""
    return refused(request, 400, _("Not in the right form"), _("We could not read this request."))


def forbidden(request, exception=None):
    """Not allowed."""
    return refused(request, 403, _("Not allowed"), _("You may not do this."))


def not_found(request, exception=None):
    """There is no such page, or none for this reader."""
    return refused(request, 404, _("Not found"), _("There is nothing here, or nothing that you may see."))


def failed(request):
    """Our own fault, or the database's, noticed outside any view."""
    if isinstance(error := sys.exception(), AWAY):
        return resting(request, error)
    title, detail = _("Something went wrong on our side"), _("It is noted. Please try again in a while.")
    try:
        return refused(request, 500, title, detail)
    except DatabaseError:
        log.warning("The page for a fault is drawn without the database")
        return _plain(500, title, detail)


def resting(request, error: Exception):
    """The database does not answer: what is said of it must not need it."""
    log.error("The database does not answer: %s", error)
    rests = database_rests()
    title, detail = _("Resting"), str(rests.reason)
    api = request.path.startswith("/api/")
    answer = refused(request, 503, title, detail, resting=rests.part) if api else _plain(503, title, detail)
    answer["Retry-After"] = "5"
    return answer


def _plain(status: int, title: str, detail: str) -> HttpResponse:
    """A page that asks nothing of anybody."""
    language = (get_language() or "en").split("-")[0]
    words = {
        "title": title,
        "detail": detail,
        "LANGUAGE_CODE": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
    }
    answer = HttpResponse(render_to_string("plain_error.html", words), status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def csrf_failure(request, reason=""):
    """The form's secret did not match: most often the page was open too long."""
    return refused(
        request, 403, _("This form has expired"), _("Please go back, reload the page and send it again. Nothing was changed.")
    )
