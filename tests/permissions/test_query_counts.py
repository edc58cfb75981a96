"""What a page costs the database is known, and does not grow with what there is."""

import pytest

from .asking import signed_in
from .counting import MOST, count, counted, known, queries
from .growth import grow
from .world import made


def test_more_than_fifteen_queries_need_a_reason():
    assert not [key for key, row in known().items() if row["queries"] > MOST and not row.get("reason")]


@pytest.mark.django_db
def test_every_page_costs_what_is_written_down():
    world = made()
    cookies = signed_in(world)
    assert set(known()) == set(counted()), "python -m tests.permissions.counting"
    wrong = {
        key: (row["queries"], found) for key, row in known().items() if (found := count(key, world, cookies)) != row["queries"]
    }
    assert not wrong, "\n".join(f"{key}: written down {said}, now {found}" for key, (said, found) in wrong.items())


@pytest.mark.django_db
def test_no_page_costs_more_when_there_is_more_of_everything():
    """With 3 and with 30 cities, mandates, rooms, practices, documents, notices, invitations, reports … of one person."""
    world = made()
    cookies = signed_in(world)
    grow(world, 3)
    few = {(key, who): queries(key, who, world, cookies) for key in counted() for who in ("official_a", "secretariat")}
    grow(world, 27)
    many = {(key, who): queries(key, who, world, cookies) for key, who in few}
    grown = {asked: (few[asked], many[asked]) for asked in few if many[asked] > few[asked]}
    assert not grown, "\n".join(f"{key}, {who}: {before}, then {after}" for (key, who), (before, after) in grown.items())
