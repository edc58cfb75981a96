"""What a page costs the database is known, and does not grow with what there is."""

import pytest

from tests import factories

from .asking import signed_in
from .counting import MOST, count, counted, known, queries
from .world import made


def test_more_than_fifteen_queries_need_a_reason():
    assert not [key for key, row in known().items() if row["queries"] > MOST and not row.get("reason")]


@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_every_page_costs_what_is_written_down():
    world = made()
    cookies = signed_in(world)
    assert set(known()) == set(counted()), "python -m tests.permissions.counting"
    wrong = {
        key: (row["queries"], found) for key, row in known().items() if (found := count(key, world, cookies)) != row["queries"]
    }
    assert not wrong, "\n".join(f"{key}: written down {said}, now {found}" for key, (said, found) in wrong.items())


LISTS = (
    "GET api/v1/practices/", "GET en/practices/", "GET api/v1/documents/", "GET en/documents/", "GET api/v1/rooms/", "GET en/rooms/",
    "GET api/v1/rooms/<id:pk>/messages/", "GET en/rooms/<number:pk>/", "GET api/v1/cities/", "GET en/cities/", "GET api/v1/officials/",
    "GET en/cities/<slug:slug>/officials/", "GET en/desk/", "GET api/v1/me/notices/", "GET en/", "GET api/v1/history/<str:subject>/ [city]",
    "GET en/cities/<slug:slug>/", "GET api/v1/search/",
)  # fmt: skip


@pytest.mark.django_db
def test_a_list_of_many_costs_no_more_than_one_of_few():
    world = made()
    office = world.people["official_a"]

    def more(number: int) -> None:
        from exchanges.actions import rooms

        for _ in range(number):
            factories.practice(world.a, by=office, language="en")
            factories.document(world.a, by=office, language="en")
            factories.official(world.a, "observer", language="en")
            factories.room(world.a, by=office, audience={"kind": "cities", "cities": [world.a.slug]})
            rooms.post(world.room.pk, "Shade", nonce=f"{number}-{_}", actor=office)
        for _ in range(min(number, 4)):
            factories.city(language="en")

    more(3)
    cookies = signed_in(world)
    few = {key: queries(key, "official_a", world, cookies) for key in LISTS}
    more(15)
    many = {key: queries(key, "official_a", world, cookies) for key in LISTS}
    assert many == few
