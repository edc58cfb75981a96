"""The OpenAPI document, as it is generated and committed."""

from functools import cache
from pathlib import Path

from django.http import HttpResponse

from .door import READING, Door


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
        return HttpResponse(document(), content_type="application/vnd.oai.openapi")
