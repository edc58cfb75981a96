"""Asks one address as one person, and undoes what came of it."""

import itertools
import re
import time
from contextlib import contextmanager
from types import SimpleNamespace

from django.db import transaction
from django.test import Client

from members.policies.second_factor import RECORDED, RECORDS

from . import routes
from .bodies import body
from .world import WHO

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ADDRESSES = itertools.count(1)  # everybody comes from somewhere else, so that nobody knocks too often
KEY = re.compile(r"(\w+) (.+?)(?: \[(\w+)\])?")


def signed_in(world: SimpleNamespace) -> dict[str, dict]:
    """The cookies of everybody's browser. Who has an account has used a second factor; the deactivated one's session is forced."""
    return {name: _cookies(world.people.get(name)) for name in WHO}


def _cookies(person) -> dict[str, str]:
    client = Client()
    if person is None:
        return {}
    client.force_login(person, backend=BACKEND)
    session = client.session
    session[RECORDS] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session[RECORDED] = str(person.pk)
    session.save()
    client.get("/accounts/")  # the session is noted now, and not in every request that is undone
    return {name: morsel.value for name, morsel in client.cookies.items()}


@contextmanager
def undone():
    """Nothing that is written inside is kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(key: str, who: str, world: SimpleNamespace, cookies: dict[str, dict]):
    """The response. The API is asked with a bearer token, a page with a session; both speak English."""
    method, pattern, which = KEY.fullmatch(key).groups()
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    given = {"path": routes.address(pattern, which or "", world), "REMOTE_ADDR": _somewhere()}
    sent = body(method, pattern, which or "", who, world)
    if pattern.startswith("api/"):
        if who in world.tokens:
            given["headers"] = {"authorization": f"Bearer {world.tokens[who]}"}
        files = any(hasattr(value, "read") for value in sent.values())
        if sent and not files:
            given["content_type"] = "application/json"
    else:
        client.cookies.load(cookies[who])
    if sent:
        given["data"] = sent
    return getattr(client, method.lower())(**given)


def _somewhere() -> str:
    number = next(ADDRESSES)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def codes_of(key: str, world: SimpleNamespace, cookies: dict[str, dict]) -> str:
    """The status for each of WHO, in their order, as the table keeps it."""
    codes = []
    for who in WHO:
        with undone():
            response = ask(key, who, world, cookies)
            b"".join(response.streaming_content) if response.streaming else None
            codes.append(str(response.status_code))
    return " ".join(codes)
