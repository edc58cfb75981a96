"""What is sent to each address: a body that would be good, so that the answer says who may, and not what is missing."""

from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.accord.queries import editions
from members.actions import applications, officials

from . import world as worlds

ACT = {**worlds.ACT, "date": "2026-10-01"}
APPLICATION = {
    "place": 2660646, "contact_name": "Office", "contact_email": "office@geneva.example", "role": "r", "motivation": "m", "language": "fr",
}  # fmt: skip
AMENDMENT = {"contact_name": "Office", "role": "r", "motivation": "more"}
INVITATION = {"email": "somebody@x.example", "role": "observer", "language": "en"}
PUBLIC = {"kind": "public"}


def body(method: str, pattern: str, which: str, who: str, world) -> dict:
    """The body as a dict; files make it a form. The codes of letters are in the applicant's hands alone."""
    if method == "GET" or pattern.startswith(("accounts/", "admin/")):
        return {}
    made = (_api if pattern.startswith("api/") else _site)(world, who)
    return {**made.get(f"{method} {pattern}", made.get(pattern, {})), **_code(pattern, which, who, world)}


def _code(pattern: str, which: str, who: str, world) -> dict:
    if pattern.endswith(("confirm/", "amend/")) or pattern.startswith("en/apply/<"):
        about = getattr(world, which, None) or (world.returned if pattern.endswith("amend/") else world.unconfirmed)
        return {"code": applications.code_of(about) if who == "applicant" else "WRONG-CODE"}
    if pattern.endswith(("officials/accept/", "invitation/")):
        return {"code": officials.code_of(world.official) if who == "applicant" else "WRONG-CODE"}
    return {}


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("plan.txt", b"A plan of the yards.", content_type="text/plain")


def _own(world, who: str):
    return world.b if who == "official_b" else world.a


def _api(world, who: str) -> dict[str, dict]:
    current = editions.current()
    return {
        "api/v1/accord/signatures/": {"city": world.a.slug, "edition_sha256": current.sha256, "deliberation": ACT},
        "api/v1/cities/<name:slug>/": {"website": "https://city.example", "languages": ["it"], "networks": ["eccar"]},
        "api/v1/cities/<name:slug>/translations/<name:lang>/": {"about": "Une ville."},
        "api/v1/applications/": APPLICATION,
        "api/v1/applications/<id:pk>/amend/": AMENDMENT,
        **{f"api/v1/applications/<id:pk>/{verb}/": {"reason": "because"} for verb in ("return", "admit", "refuse")},
        "api/v1/officials/": {"city": world.a.slug, **INVITATION},
        "api/v1/me/": {"label": "Somebody"},
        "api/v1/me/notices/": {"read_up_to": 1},
        "POST api/v1/practices/": {"city": world.a.slug, "source_language": "en", "audience": PUBLIC, **worlds.TEXTS},
        "PATCH api/v1/practices/<id:pk>/": {"title": "Other yards"},
        "api/v1/practices/<id:pk>/return/": {"reason": "because"},
        "api/v1/practices/<id:pk>/translations/<name:lang>/": {"title": "Des cours", "origin": "human"},
        "api/v1/practices/<id:pk>/transfers/": {"city": world.b.slug, "note": "We did it."},
        "POST api/v1/documents/": {
            "city": world.a.slug, "title": "Plan", "source_language": "en", "audience": '{"kind": "members"}', "file": _file(),
        },
        "PATCH api/v1/documents/<id:pk>/": {"title": "Another note"},
        "POST api/v1/documents/<id:pk>/versions/": {"file": _file()},
        "POST api/v1/rooms/": {"title": "Shade", "audience": {"kind": "members"}},
        "POST api/v1/rooms/<id:pk>/people/": {"email": "moderator@x.example"},
        "DELETE api/v1/rooms/<id:pk>/people/": {"person": world.people["official_a"].pk},
        "api/v1/rooms/<id:pk>/read/": {"seq": 1},
        "POST api/v1/rooms/<id:pk>/messages/": {"text": "Good day", "nonce": "n1"},
        "PATCH api/v1/rooms/<id:pk>/messages/<id:seq>/": {"text": "Good evening"},
        "api/v1/rooms/<id:pk>/messages/<id:seq>/reactions/": {"sign": "👍"},
        "POST api/v1/reports/": {"subject": f"practice:{world.published.pk}", "reason": "other", "note": "n"},
        "api/v1/reports/<id:pk>/decide/": {"outcome": "keep", "note": "n"},
    }  # fmt: skip


def _site(world, who: str) -> dict[str, dict]:
    world.published.refresh_from_db()
    world.document.refresh_from_db()
    texts = {**worlds.TEXTS, "audience": "public"}
    act = {**ACT, "edition_sha256": editions.current().sha256, "read": "on"}
    return {
        "en/desk/read/": {"up_to": 1},
        "en/desk/applications/<number:pk>/": {"do": "refuse", "reason": "because"},
        "en/desk/practices/<number:pk>/": {"do": "publish"},
        "en/desk/cities/<slug:slug>/": {"after": "on_hold", "reason": "because"},
        "en/desk/reports/<number:pk>/": {"do": "keep", "note": "n"},
        "en/report/<slug:kind>/<number:pk>/": {"reason": "other", "note": "n"},
        "en/cities/<slug:slug>/officials/": INVITATION,
        "en/cities/<slug:slug>/describe/": {"name": "Bologna", "about": "A city."},
        "en/cities/<slug:slug>/facts/": {"website": "https://city.example", "languages": ["it"], "networks": ["eccar"]},
        "en/cities/<slug:slug>/sign/": act,
        "en/cities/<slug:slug>/withdraw/": {"reason": "the council decided", "sure": "on"},
        "en/practices/write/": {"city": _own(world, who).pk, "source_language": "en", **texts},
        "en/practices/<number:pk>/change/": {**texts, "version": world.published.version},
        "en/practices/<number:pk>/translate/<slug:lang>/": {**worlds.TEXTS, "origin": "human"},
        "en/practices/<number:pk>/transfer/": {"city": _own(world, who).pk, "note": "We did it."},
        "en/documents/share/": {
            "city": _own(world, who).pk, "title": "Plan", "source_language": "en", "audience": "members", "file": _file(),
        },
        "en/documents/<number:pk>/": {"file": _file()},
        "en/documents/<number:pk>/change/": {"title": "A longer note", "audience": "members", "version": world.document.version},
        "en/documents/<number:pk>/translate/<slug:lang>/": {"title": "Une note", "origin": "human"},
        "en/rooms/open/": {"city": _own(world, who).pk, "title": "Shade", "audience": "members"},
        "en/rooms/<number:pk>/": {"text": "Good day", "nonce": "n2"},
        "en/rooms/<number:pk>/people/": {"email": "moderator@x.example"},
        "en/rooms/<number:pk>/messages/<number:seq>/": {"text": "Good evening"},
        "en/rooms/<number:pk>/messages/<number:seq>/react/": {"sign": "👍"},
        "en/apply/": {**APPLICATION, "q": "Geneva"},
        "en/apply/<number:pk>/": AMENDMENT,
    }  # fmt: skip
