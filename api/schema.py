"""The OpenAPI document, as it is generated and committed."""

from functools import cache
from pathlib import Path

from django.http import HttpResponse
from rest_framework import serializers

from .door import READING, Door

BEGINNINGS = {
    "schema": "The OpenAPI document: everything else is in it.",
    "accord": "The charter.",
    "cities": "The cities.",
    "practices": "What cities have tried.",
    "documents": "Files that cities share.",
    "search": "Search: add `?q=`.",
    "me": "Who asks, with a token.",
}
Beginning = type(
    "Beginning",
    (serializers.Serializer,),
    {
        "__doc__": "Where to begin.",
        "version": serializers.CharField(help_text="Version of the API."),
        **{name: serializers.URLField(help_text=text) for name, text in BEGINNINGS.items()},
        "socket": serializers.URLField(help_text="The socket: add `?ticket=`."),
    },
)


@cache
def document() -> bytes:
    """api/openapi.yaml: `make check` refuses one that is not level with the code."""
    return (Path(__file__).parent / "openapi.yaml").read_bytes()


class Schema(Door):
    """This document: OpenAPI 3, as YAML."""

    gives = {"GET": "application/vnd.oai.openapi"}

    kept = True
    open_to_visitors = READING

    def read(self, request):
        answer = HttpResponse(document(), content_type="application/vnd.oai.openapi")
        answer["Content-Disposition"] = 'inline; filename="openapi.yaml"'
        return answer


class Start(Door):
    """Where to begin: the addresses of this document, of what is public, of the person who asks, and of the socket."""

    kept = True
    open_to_visitors = READING
    gives = {"GET": Beginning}

    def read(self, request):
        here = {name: request.build_absolute_uri(f"/api/v1/{name}/") for name in BEGINNINGS}
        socket = request.build_absolute_uri("/ws/").replace("http", "ws", 1)
        return {"version": "1", **here, "socket": socket}
