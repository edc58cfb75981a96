"""The few ways the alliance says no. Each surface turns them into its own shape."""

from collections.abc import Sequence


class Refusal(Exception):
    """An expected refusal. `reason` is a sentence in the reader's language, safe to show.

    `field` names the input at fault; where several are, `fields` names them, and `field` is the first.
    """

    status = 400  # the HTTP status by which both surfaces say it

    def __init__(self, reason, *, field: str = "", fields: Sequence[str] = ()):
        super().__init__(str(reason))
        self.reason = reason
        self.fields = tuple(fields) or ((field,) if field else ())
        self.field = self.fields[0] if self.fields else ""


class Invalid(Refusal):
    """What was given has not the shape that is asked (400)."""

    status = 400


class Forbidden(Refusal):
    """You see it, but may not do this (403)."""

    status = 403


class Unknown(Refusal):
    """There is no such thing for you (404)."""

    status = 404


class Conflict(Refusal):
    """The world has moved on: already signed, already decided, superseded (409)."""

    status = 409


class Unacceptable(Refusal):
    """The file was understood and is refused (422)."""

    status = 422


class TooLarge(Unacceptable):
    """The file is larger than we take (413)."""

    status = 413


class Unavailable(Refusal):
    """A part we rely on is resting; `part` says which (503)."""

    status = 503

    def __init__(self, reason, *, part: str):
        super().__init__(reason)
        self.part = part


KINDS = {
    400: "shape", 401: "unknown-person", 403: "forbidden", 404: "not-found", 405: "method", 406: "not-acceptable",
    408: "too-slow", 409: "conflict", 413: "too-large", 415: "media-type", 422: "refused-file", 429: "too-many", 503: "resting",
}  # fmt: skip


def problem_type(status: int) -> str:
    """The `type` of a refusal (RFC 9457), wherever it is written: one for each status."""
    return f"/problems/{KINDS.get(status, 'refused')}"
