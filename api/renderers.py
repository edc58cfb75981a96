"""JSON, written by orjson."""

from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def _plain(thing: Any):
    if isinstance(thing, Promise):
        return str(thing)
    if isinstance(thing, set | frozenset | tuple):
        return list(thing)
    raise TypeError(f"{type(thing).__name__} is not JSON")


class Json(BaseRenderer):
    """application/json; a response may name a more precise type, such as application/problem+json."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=_plain, option=OPTIONS)
