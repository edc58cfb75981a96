import pytest
from django.test import Client

from alliance.languages.tongues import CODES
from tests.permissions import world as worlds

LANGUAGES = tuple(CODES)


@pytest.fixture
def world(db):
    return worlds.made()


@pytest.fixture
def visitor():
    """Somebody without an account, with a browser that keeps cookies."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def at(world):
    """`at("official_a")`: a browser in which this person is signed in."""

    def browser(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(world.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return browser


def text(answer) -> str:
    return answer.content.decode()
