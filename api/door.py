"""What every view of the API shares: who asks, in which language, and how an answer may be kept."""

import hashlib
from typing import Any, ClassVar

from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from alliance.errors import Unknown
from alliance.http import version_key
from alliance.languages.state import reader_language
from members.policies.standing import Standing, standing_of

READING = ("GET", "HEAD", "OPTIONS")


class Door(APIView):
    """A view of the API. `kept` says that its GET is the same for everybody, and may be cached by anybody.

    A GET that is open to visitors and differs for members is public for visitors only; all else is private.
    """

    kept = False
    open_to_visitors: ClassVar[tuple[str, ...]] = ()  # the methods that need no account
    # What the OpenAPI document says of a view, each by method: shapes taken, parameters asked, shapes given (api/openapi.py).
    takes: ClassVar[dict[str, Any]] = {}
    asks: ClassVar[dict[str, dict]] = {}
    gives: ClassVar[dict[str, Any]] = {}

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        # Nobody has to sign in to be told that an address does not know a method.
        closed = request.method in self.allowed_methods and request.method not in self.open_to_visitors
        if closed and not request.user.is_authenticated:
            raise NotAuthenticated

    def perform_content_negotiation(self, request, force=False):
        """An address that gives a file is not asked for JSON: any Accept will do, and only its refusals are JSON."""
        return super().perform_content_negotiation(request, force or isinstance(self.gives.get(request.method), str))

    @property
    def who(self) -> Standing:
        """The asker's standing, read once a request."""
        if not hasattr(self, "_who"):
            self._who = standing_of(self.request.user)
        return self._who

    @property
    def language(self) -> str:
        return reader_language()

    @property
    def public(self) -> bool:
        return self.request.method in ("GET", "HEAD") and (
            self.kept or ("GET" in self.open_to_visitors and not self.request.user.is_authenticated)
        )

    def get(self, request, *args, **kwargs):
        """Answers 304 before any query when the reader has the present version; else what `read` gives."""
        if not hasattr(self, "read"):
            return self.http_method_not_allowed(request, *args, **kwargs)
        if not self.public:
            return self._shaped(self.read(request, *args, **kwargs))
        tag = self._tag()
        if tag in [given.strip() for given in request.headers.get("If-None-Match", "").split(",")]:
            answer = Response(status=304)
        else:
            answer = self._shaped(self.read(request, *args, **kwargs))
        answer["ETag"] = tag
        return answer

    @staticmethod
    def _shaped(found) -> Response:
        return found if hasattr(found, "status_code") else Response(found)

    def _tag(self) -> str:
        seen = f"{self.request.get_full_path()}|{self.language}|{version_key()}"
        return f'W/"{hashlib.sha256(seen.encode("utf-8", "replace")).hexdigest()[:24]}"'

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            public = response.has_header("ETag") and response.status_code in (200, 304)
            response["Cache-Control"] = "public, max-age=0, must-revalidate" if public else "private, no-store"
        response["Content-Language"] = self.language
        return response

    @classmethod
    def as_view(cls, **given):
        # A view declares `read`; without one it has no GET to offer.
        if not hasattr(cls, "read") and cls.get is Door.get:
            given.setdefault("http_method_names", [name for name in cls.http_method_names if name not in ("get", "head")])
        return super().as_view(**given)

    def given(self, shape: type[Serializer], **options) -> dict:
        """The body in the shape that is asked. Raises ValidationError, which becomes a 400 with `errors`."""
        return self._taken(shape(data=self.request.data, **options))

    def given_or_asked(self, shape: type[Serializer]) -> dict:
        """`given` for DELETE, whose body many programs cannot send: without one, the query is read."""
        return self._taken(shape(data=self.request.data or self.request.query_params.dict()))

    @staticmethod
    def _taken(taken: Serializer) -> dict:
        if taken.initial_data is None:  # DRF says of `null` for the whole only "No data provided", in English
            raise ValidationError({"non_field_errors": [taken.error_messages["invalid"].format(datatype="null")]}, code="invalid")
        taken.is_valid(raise_exception=True)
        return taken.validated_data

    @staticmethod
    def found(thing):
        """`thing`, or 404 when there is none: the same answer for what does not exist and for what one may not see."""
        if thing is None:
            raise Unknown(_nothing())
        return thing


def _nothing() -> str:
    from django.utils.translation import gettext as _

    return _("There is nothing here, or nothing that you may see.")


class Nowhere(Door):
    """Every address that is none: a 404 in the API's own words, whatever the method."""

    authentication_classes: list = []
    schema = None

    def initial(self, request, *args, **kwargs):
        raise Unknown(_nothing())

    def read(self, request, rest=""):
        raise Unknown(_nothing())

    post = put = patch = delete = read
