from datetime import date

import pytest

from tests import factories

ACT = {
    "date": date(2026, 9, 14), "reference": "DC/2026/114", "votes_for": 31, "votes_against": 4, "abstentions": 2,
    "record_url": "https://city.example/dc-2026-114",
}  # fmt: skip


@pytest.fixture
def edition(db):
    return factories.edition()


@pytest.fixture
def city(db):
    return factories.city("bologna", language="it")


@pytest.fixture
def signatory(city):
    return factories.official(city, "signatory")


@pytest.fixture
def act() -> dict:
    return dict(ACT)
