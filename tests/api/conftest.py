import pytest
from rest_framework.test import APIClient

from tests.permissions import world as worlds


@pytest.fixture
def world(db):
    return worlds.made()


@pytest.fixture
def as_(world):
    """`as_("official_a")`: a client that asks for this person, as a program with a token does."""

    def client(name: str | None = None) -> APIClient:
        made = APIClient()
        if name:
            from members.actions import accounts

            token = accounts.issue_token(world.people[name].pk, days=1, actor=None)
            made.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return made

    return client
