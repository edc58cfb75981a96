"""How the OpenAPI document is made.

Each view names the shapes that it takes and gives and the parameters that it asks for (`takes`, `gives`, `asks`), and says in the
docstring of each method, or in its own where it has but one, what that does: the first sentence is the summary.
"""

import inspect
import re
from dataclasses import dataclass
from pathlib import Path

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.parsers import MultiPartParser

from alliance.languages.tongues import CODES

from .answers.parts import Problem
from .throttling import Sparingly


@dataclass(frozen=True)
class Ask:
    """A parameter of the query: what it means, and which values it takes."""

    text: str
    kind: type = str
    one_of: tuple[str, ...] = ()


LISTS = {
    "page_size": Ask("How many rows to give, 1 to 100; 50 unless told.", int),
    "cursor": Ask("Where to go on. Do not make one: follow `next` and `previous`, which hold it."),
}
LANG = Ask("Language of the answer. Beats Accept-Language.", one_of=tuple(CODES))
# What stands in the braces of an address; `id` is that of the address's first noun.
PLACES = {
    "number": "Number of the edition, or of the document’s version.",
    "position": "Position in the register, from 1.",
    "slug": "The city’s name in addresses.",
    "lang": "Language of the text.",
    "seq": "Number of the message in its room.",
    "subject": "What it is about, `kind:id`: `city:42`, `practice:7`, `document:3`, `room:1`, `message:17`, `application:5`, "
    "`official:9`, or one’s own `account:ID`.",
}
NOUNS = {
    "applications": "application", "documents": "document", "officials": "mandate", "practices": "practice", "reports": "report",
    "rooms": "room",
}  # fmt: skip
TAGS = {
    "start": "Where to begin.",
    "accord": "The charter, its editions, the register of signatures, and signing.",
    "applications": "Cities ask to join; the secretariat decides.",
    "cities": "The cities, and what they say of themselves.",
    "documents": "Files with versions and an audience.",
    "history": "What happened to a thing, as it is kept for ever.",
    "me": "The person for whom the token or the session acts.",
    "officials": "Mandates: invite, accept, end.",
    "networks": "Other networks of cities.",
    "places": "Real places, from which cities come.",
    "practices": "What cities have tried: written by a city, published by the secretariat, translated, taken up by others.",
    "reports": "A member reports what should not stand; moderators decide.",
    "rooms": "Talk: rooms, their people, messages, signs, read marks. What is said live comes by the socket.",
    "schema": "This document.",
    "search": "One question over the charter, cities, practices, documents and one’s own rooms.",
    "targets": "Aims of published frameworks.",
    "themes": "The thesaurus.",
    "tickets": "A way into the socket.",
}
# status: (name in `components/responses`, when it is given)
REFUSALS = {
    "400": ("NotInTheRightForm", "Not in the right form: `errors` names the fields."),
    "401": ("NotSignedIn", "No token or session, or a token that is not valid (unknown, revoked, expired)."),
    "403": ("NotAllowed", "You see it and may not do this; `detail` says why."),
    "404": ("NotFound", "There is nothing here, or nothing that you may see: the two cannot be told apart."),
    "409": ("OvertakenByEvents", "The world has moved on: done before, decided, closed, superseded. Nothing was changed."),
    "413": ("TooLarge", "Larger than we take."),
    "415": ("UnknownKindOfContent", "This address does not take content of this kind."),
    "422": ("FileRefused", "The file was understood and is refused; `detail` says why."),
    "429": ("TooManyRequests", "Too many requests. `Retry-After` says how many seconds to wait."),
    "503": ("Resting", "A part that this needs is resting; `resting` names it, `Retry-After` says when to come again."),
    "default": ("Refused", "Any other refusal."),
}


class Shapes(AutoSchema):
    """Operation ids from the address, words from docstrings, shapes from the view, and the refusals that a view may give."""

    def get_operation_id(self) -> str:
        words = [part.strip("{}") for part in self.path.removeprefix("/api/v1/").strip("/").split("/") if part]
        return "_".join([self.method.lower(), *(words or ["start"])]).replace("-", "_")

    def get_tags(self) -> list[str]:
        return super().get_tags() if self.path != "/api/v1/" else ["start"]

    def get_description(self) -> str:
        method = getattr(self.view, "read" if self.method == "GET" else self.method.lower())
        said = inspect.cleandoc(method.__doc__ or type(self.view).__doc__ or "")
        return re.sub(r"(?<!\n)\n(?!\n)", " ", said)

    def get_summary(self) -> str:
        return re.split(r"(?<=[.:])\s", self.get_description(), maxsplit=1)[0].rstrip(".:")

    def get_auth(self) -> list[dict]:
        anybody = self.method in self.view.open_to_visitors
        return [scheme for scheme in super().get_auth() if scheme or anybody]

    def get_request_serializer(self):
        return self.view.takes.get(self.method)

    def map_parsers(self):
        return ["multipart/form-data"] if MultiPartParser in self.view.parser_classes else super().map_parsers()

    def get_response_serializers(self):
        if self.method == "DELETE" and "DELETE" not in self.view.gives:
            return {"204": OpenApiResponse(None, description="Done; there is nothing to say.")}
        given = self.view.gives[self.method]
        shape, *statuses = given if isinstance(given, tuple) else (given, 200)
        if isinstance(shape, str):  # the media type of something that is not JSON
            return {("200", shape): OpenApiResponse(OpenApiTypes.BINARY, description="The bytes.")}
        said = (shape.__doc__ or "").strip()
        return {str(status): OpenApiResponse(shape, description=said) for status in statuses}

    def get_operation(self, *asked):
        operation = super().get_operation(*asked)
        if operation is not None:
            self.resolve_serializer(Problem, "response")
            for status in self._refusals():
                operation["responses"][status] = {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}
            if self.method == "GET" and "GET" in self.view.open_to_visitors:
                text = "Unchanged since the ETag that was sent in If-None-Match."
                operation["responses"]["304"] = {"description": text}
        return operation

    def _refusals(self) -> list[str]:
        writes, takes = self.method != "GET", self.get_request_serializer()
        given = {
            "400": writes or self.view.asks.get(self.method),
            "401": True,
            "403": writes or "GET" not in self.view.open_to_visitors,
            "404": "{" in self.path,
            "409": writes,
            "413": takes,
            "415": takes,
            "422": takes and MultiPartParser in self.view.parser_classes,
            "429": writes and Sparingly in self.view.throttle_classes,
            "503": True,
            "default": True,
        }
        return [status for status, may_be in given.items() if may_be]

    def get_override_parameters(self):
        asks = {"lang": LANG, **self.view.asks.get(self.method, {})}
        return [
            OpenApiParameter(name, ask.kind, OpenApiParameter.QUERY, description=ask.text, enum=ask.one_of or None)
            for name, ask in asks.items()
        ]

    def _resolve_path_parameters(self, variables):
        noun = NOUNS.get(self.path.removeprefix("/api/v1/").split("/")[0], "thing")
        return [
            {
                "in": "path",
                "name": name,
                "required": True,
                "schema": {"type": "integer" if name in ("id", "pk", "seq", "number", "position") else "string"},
                "description": PLACES.get(name, f"Id of the {noun}."),
            }
            for name in variables
        ]

    def _is_list_view(self, serializer=None) -> bool:
        return False


def complete(result, generator, request, public):
    """What the document says as a whole: its opening words, its chapters, and the refusals that all share."""
    result["info"]["description"] = (Path(__file__).parent / "about.md").read_text(encoding="utf-8")
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    shapes = result["components"]["schemas"]
    for name, text in (("BlankEnum", "Empty: none of these."), ("NullEnum", "Null: none of these.")):
        if name in shapes:
            shapes[name]["description"] = text
    result["components"]["responses"] = {
        name: {
            "description": text,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for name, text in REFUSALS.values()
    }
    return result


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.Bearer"
    name = "bearer"

    def get_security_definition(self, auto_schema):
        text = "A person’s token: `manage.py issue_token EMAIL` prints one. It may do what the person may."
        return {"type": "http", "scheme": "bearer", "description": text}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.SiteSession"
    name = "session"

    def get_security_definition(self, auto_schema):
        text = "The site’s own session; what changes something also sends the CSRF token in `X-CSRFToken`."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": text}
