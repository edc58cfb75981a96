"""Every address of the whole application with its methods, as Django resolves them, and what stands in its places."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

from allauth.usersessions.models import UserSession
from django.urls import get_resolver
from django.urls.resolvers import URLPattern
from django.utils import translation

from members.queries import accounts

METHODS = ("get", "post", "put", "patch", "delete")
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def routes() -> dict[str, list[str]]:
    """Each pattern with its methods. The API says its own; a page is asked with GET and POST."""
    found = {}
    with translation.override("en"):
        for pattern, view in _walk(get_resolver().url_patterns):
            found.setdefault(pattern, _methods(pattern, view))
    return found


def _walk(patterns, before: str = "") -> Iterator[tuple[str, object]]:
    for entry in patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield here, entry.callback
        else:
            yield from _walk(entry.url_patterns, here)


def _methods(pattern: str, view) -> list[str]:
    if not pattern.startswith("api/"):
        return ["GET", "POST"]
    allowed = view.initkwargs.get("http_method_names", METHODS)
    return [name.upper() for name in METHODS if hasattr(view.cls, name) and name in allowed]


def keys() -> list[str]:
    """`METHOD pattern`, and once more with `[name]` for every further thing that the address may be about."""
    return [
        f"{method} {pattern}" + (f" [{which}]" if which else "")
        for pattern, methods in routes().items()
        for method in methods
        for which in VARIANTS.get(pattern, ("",))
    ]


# Where one address shows things of different reach, each has its own row.
PRACTICE = ("published", "submitted", "draft")
VARIANTS = {
    "api/v1/practices/<id:pk>/": PRACTICE,
    "api/v1/practices/<id:pk>/translations/<name:lang>/": ("published", "draft"),
    "api/v1/history/<str:subject>/": (
        "city", "published", "draft", "document", "room", "message", "official", "waiting", "report", "account",
    ),
    "en/practices/<number:pk>/": PRACTICE,
    "en/apply/<number:pk>/": ("unconfirmed", "returned", "waiting", "unknown"),
    "api/v1/applications/<id:pk>/confirm/": ("", "waiting", "unknown"),
    "api/v1/applications/<id:pk>/amend/": ("", "waiting", "unknown"),
    "api/v1/reports/<id:pk>/decide/": ("", "unknown"),
    "en/report/<slug:kind>/<number:pk>/": ("", "unknown"),
    # A room that one is in by mandate, and one that holds only who was named.
    "api/v1/rooms/<id:pk>/people/": ("", "named"),
    "en/rooms/<number:pk>/people/": ("", "named"),
    "en/rooms/<number:pk>/leave/": ("", "named"),
}  # fmt: skip
ADMIN = {
    "admin/^(?P<app_label>auth|account|mfa|usersessions|django_tasks_database)/$": "admin/account/",
    "admin/(?P<url>.*)$": "admin/nowhere/",
}


def address(pattern: str, which: str, world: SimpleNamespace) -> str:
    """The pattern with the world's things in its places."""
    if pattern in ADMIN:
        return "/" + ADMIN[pattern]
    places = _places(pattern, which, world)
    return "/" + PLACE.sub(lambda place: str(places[place.group(1)]), pattern)


def _places(pattern: str, which: str, world) -> dict:
    common = {
        "slug": world.a.slug, "lang": "fr", "number": 1, "article": 3, "position": 1, "seq": world.message.seq, "rest": "nowhere/",
        "raw": "unknown", "object_id": 1, "content_type_id": 1, "pk": _pk(pattern, which, world), "kind": "message",
        "name": "privacy", "subject": _subject(which, world),
    }  # fmt: skip
    if pattern == "en/cities/<slug:slug>/withdraw/":  # the city that has signed
        return {**common, "slug": world.b.slug}
    return common


def _subject(which: str, world) -> str:
    if which == "account":
        return f"account:{world.people['official_a'].pk}"
    kinds = {"published": "practice", "draft": "practice", "waiting": "application"}
    return f"{kinds.get(which, which)}:{getattr(world, which).pk}" if hasattr(world, which) else f"city:{world.a.pk}"


# What the number in an address is, by how the pattern ends or begins; the first that fits counts.
NUMBERS = (
    ("applications/<id:pk>/confirm/", "unconfirmed"), ("applications/<id:pk>/amend/", "returned"), ("applications/", "waiting"),
    ("practices/<id:pk>/submit/", "draft"), ("practices/<number:pk>/submit/", "draft"), ("practices/<id:pk>/publish/", "submitted"),
    ("practices/<id:pk>/return/", "submitted"), ("desk/practices/", "submitted"), ("practices/", "published"),
    ("documents/", "document"), ("desk/reports/", "report"), ("reports/", "report"), ("en/report/", "message"), ("rooms/", "room"),
    ("officials/", "official"),
)  # fmt: skip


def _pk(pattern: str, which: str, world) -> int:
    if which == "unknown":
        return 999_999
    if pattern.startswith("accounts/sessions/"):
        return UserSession.objects.get(user=world.people["official_a"]).pk
    if pattern.startswith("accounts/tokens/"):
        return next(accounts.live_tokens_of(world.people["official_a"].pk).values_list("pk", flat=True).iterator())
    if which and hasattr(world, which):
        return getattr(world, which).pk
    return next((getattr(world, name).pk for part, name in NUMBERS if part in pattern), 1)
