"""Refusals as programs read them: application/problem+json (RFC 9457), with a sentence in the reader's language."""

import logging

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from alliance import errors
from alliance.http import AWAY, database_rests

log = logging.getLogger("alliance.api")


def problem(status_code: int, detail, *, faults: list[dict] | None = None, headers=None, **more) -> Response:
    """An RFC 9457 problem: type, title, status, detail, and `errors` for shapes."""
    body = {
        "type": errors.problem_type(status_code),
        "title": title_of(status_code),
        "status": status_code,
    }
    body["detail"] = str(detail)
    if faults:
        body["errors"] = faults
    body.update(more)
    return Response(body, status=status_code, headers=headers, content_type="application/problem+json")


def title_of(status_code: int) -> str:
    """The short name of a kind of refusal, in the reader's language."""
    titles = {
        400: _("Not in the right form"),
        401: _("Not signed in"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible here"),
        406: _("Not available in this form"),
        409: _("Overtaken by events"),
        413: _("Too large"),
        415: _("Unknown kind of content"),
        422: _("File refused"),
        429: _("Too many requests"),
        503: _("Resting"),
    }
    return titles.get(status_code, _("Refused"))


def handler(error, context):
    """DRF's exception handler: every expected refusal becomes a problem; what is left is our own fault and propagates."""
    set_rollback()
    if isinstance(error, AWAY):
        log.error("The database does not answer: %s", error)
        return _from_refusal(database_rests())
    if isinstance(error, errors.Refusal):
        return _from_refusal(error)
    if isinstance(error, Http404 | exceptions.NotFound):
        return problem(404, _("There is nothing here, or nothing that you may see."))
    if isinstance(error, exceptions.ValidationError):
        faults = list(_faults(error.get_full_details()))
        return problem(400, _summary(faults), faults=faults)
    if isinstance(error, RequestDataTooBig):
        return problem(413, _("This request is larger than we take."))
    if isinstance(error, PermissionDenied):
        return problem(403, _("You may not do this."))
    if isinstance(error, SuspiciousOperation | DataError | OverflowError | UnicodeError):
        return problem(400, _("We could not read this request."))
    if isinstance(error, exceptions.APIException):
        return _from_framework(error)
    return None


def _from_refusal(error: errors.Refusal) -> Response:
    status_code = error.status
    faults = [{"field": field, "code": "invalid", "message": str(error.reason)} for field in error.fields]
    if isinstance(error, errors.Unavailable):
        return problem(status_code, error.reason, headers={"Retry-After": "5"}, resting=error.part)
    return problem(status_code, error.reason, faults=faults)


def _from_framework(error: exceptions.APIException) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    details = {
        status.HTTP_400_BAD_REQUEST: _("We could not read this request."),
        status.HTTP_401_UNAUTHORIZED: _("Please sign in, or send a valid token."),
        status.HTTP_405_METHOD_NOT_ALLOWED: _("This address does not know this method."),
        status.HTTP_406_NOT_ACCEPTABLE: _("This address answers in JSON."),
        status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: _("This address does not take content of this kind."),
        status.HTTP_429_TOO_MANY_REQUESTS: _("Too many requests. Please wait a little."),
    }
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(error.wait or 1) + 1)
    if isinstance(error, exceptions.PermissionDenied):
        return problem(403, error.detail, headers=headers)
    return problem(error.status_code, details.get(error.status_code, _("Refused")), headers=headers)


def _faults(details, field: str = ""):
    """Flatten DRF's nested details into `{"field", "code", "message"}`; nested fields are joined by dots."""
    if isinstance(details, dict) and "message" in details and "code" in details and not isinstance(details["code"], dict | list):
        yield {"field": field, "code": details["code"], "message": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            nested = "" if name == "non_field_errors" else str(name)
            yield from _faults(inner, ".".join(part for part in (field, nested) if part))
    elif isinstance(details, list):
        for inner in details:
            yield from _faults(inner, field)


def _summary(faults: list[dict]) -> str:
    if len(faults) == 1 and not faults[0]["field"]:
        return faults[0]["message"]
    return _("Some of what was sent is missing or not in the right form; see “errors”.")
