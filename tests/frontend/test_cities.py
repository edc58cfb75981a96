"""Cities: map, table, and a page for each."""

import re

from members.actions import cities as actions
from tests import factories

from .conftest import text


def named(page: str) -> list[str]:
    return re.findall(r'<td><a href="/\w+/cities/([\w-]+)/"', page)


def seats(page: str) -> list[str]:
    return re.findall(r'<a href="/\w+/cities/([\w-]+)/" tabindex="-1"><title>', page)


def test_the_table_and_the_map_say_the_same(world, visitor):
    page = text(visitor.get("/en/cities/"))
    assert sorted(named(page)) == sorted(seats(page)) == ["bologna", "tunis"]
    assert page.count('class="seat large unsigned"') == 1  # Bologna has not signed


def test_the_filters_narrow_both(world, visitor):
    for query, expected in {
        "country=TN": ["tunis"], "signed=yes": ["tunis"], "signed=no": ["bologna"], "q=olog": ["bologna"], "q=تونس": ["tunis"],
        "country=TN&signed=no": [], "network=nowhere": [],
    }.items():  # fmt: skip
        page = text(visitor.get(f"/en/cities/?{query}"))
        assert named(page) == expected and seats(page) == expected, query
    assert '<option value="TN" selected>Tunisia</option>' in text(visitor.get("/en/cities/?country=TN"))


def test_names_are_sorted_as_people_read_them(world, visitor):
    factories.city("lyon")
    factories.city("montreal")
    actions.describe(world.a.pk, "en", {"name": "Élan"}, actor=world.people["official_a"])
    assert named(text(visitor.get("/en/cities/"))) == ["bologna", "lyon", "montreal", "tunis"]


def test_a_city_that_left_stays_named_but_not_on_the_map(world, visitor):
    gone = factories.city("porto", state="withdrawn")
    page = text(visitor.get("/en/cities/"))
    assert gone.slug in named(page) and gone.slug not in seats(page)


def test_the_page_of_a_city_shows_what_is_for_its_reader(world, visitor, at):
    public = text(visitor.get("/en/cities/bologna/"))
    assert "Open schoolyards" in public and "A note" not in public and "Talk with this city" not in public
    assert "This city has not signed the charter yet." in public and "Italian" not in public
    other = text(at("official_b").get("/en/cities/bologna/"))
    assert "A note" in other and "/en/rooms/open/?with=bologna" in other
    own = text(at("official_a").get("/en/cities/bologna/"))
    assert "/en/cities/bologna/officials/" in own and "/en/rooms/open/?with=bologna" not in own
    assert "D/1" in text(visitor.get("/en/cities/tunis/"))


def test_what_a_city_says_of_itself_carries_its_language(world, visitor):
    actions.describe(world.a.pk, "en", {"about": "A <b>city</b>."}, actor=world.people["official_a"])
    page = text(visitor.get("/ar/cities/bologna/"))
    assert 'class="lead" lang="en" dir="auto">A &lt;b&gt;city&lt;/b&gt;.' in page
    assert 'class="tongue"' in page
