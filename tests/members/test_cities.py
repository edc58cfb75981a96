"""What a city says of itself, and what becomes of its membership."""

import pytest

from alliance.errors import Conflict, Forbidden, Invalid, Unknown
from alliance.ledger.models import Entry
from members.actions import cities
from members.models import City
from members.queries import cities as queries
from members.queries import places
from members.search import CityIndex
from tests import factories
from tests.unchanged import refused

ABOUT = "Una città di portici e di studenti."


@pytest.fixture
def city(db):
    return factories.city("bologna", language="it")


@pytest.fixture
def house(db):
    return factories.secretariat()


def test_a_city_describes_itself_in_its_language(city):
    office = factories.official(city)
    made = cities.describe(city.pk, "it", {"about": ABOUT}, actor=office)
    assert (made.about_it, made.version) == (ABOUT, city.version + 1)
    assert made.language_states["it"]["origin"] in ("original", "human")
    row = queries.city_row(made, "ar")
    assert row["about"] == ABOUT and row["language"]["shown"] == "it"
    assert CityIndex.document(made).texts["it"].body == f"Italia · {ABOUT}"
    assert Entry.objects.filter(name="city.described", actor=office).count() == 1


@pytest.mark.parametrize("role", ["observer"])
def test_who_may_not_describe(city, role):
    elsewhere = factories.official(factories.city("lyon"), "coordinator")
    for somebody in (None, factories.person(), factories.official(city, role), elsewhere, factories.moderator()):
        with refused(Forbidden):
            cities.describe(city.pk, "it", {"about": ABOUT}, actor=somebody)


@pytest.mark.parametrize(
    ("language", "texts", "field"),
    [
        ("xx", {"about": "x"}, "language"), ("it", {"name": " "}, "name"), ("it", {"name": "x" * 121}, "name"),
        ("it", {"about": "x" * 2001}, "about"), ("it", {"about": "a\x00b"}, "about"), ("it", {"slug": "rome"}, "slug"),
        ("it", {"state": "admitted"}, "state"),
    ],
)  # fmt: skip
def test_a_bad_description_names_its_field(city, language, texts, field):
    office = factories.official(city)
    with refused(Invalid, field=field):
        cities.describe(city.pk, language, texts, actor=office)


def test_a_machine_never_replaces_a_human_text(city):
    office = factories.official(city)
    cities.describe(city.pk, "it", {"about": ABOUT}, actor=office)
    cities.describe(city.pk, "fr", {"about": "Une ville de portiques."}, origin="human", actor=office)
    with refused(Conflict):
        cities.describe(city.pk, "fr", {"about": "Machine."}, origin="machine", actor=office)


def test_the_same_again_is_no_change(city):
    office = factories.official(city)
    cities.describe(city.pk, "it", {"about": ABOUT}, actor=office)
    version, lines = City.objects.get().version, Entry.objects.count()
    cities.describe(city.pk, "it", {"about": ABOUT}, actor=office)
    assert (City.objects.get().version, Entry.objects.count()) == (version, lines)


def test_a_translation_of_a_changed_text_is_marked_stale(city):
    office = factories.official(city)
    cities.describe(city.pk, "it", {"about": ABOUT}, actor=office)
    cities.describe(city.pk, "fr", {"about": "Une ville de portiques."}, actor=office)
    made = cities.describe(city.pk, "it", {"about": ABOUT + " E di tortellini."}, actor=office)
    assert queries.city_row(made, "fr")["language"]["stale"] is True


STEPS = {
    "admitted": {"on_hold", "excluded", "withdrawn"},
    "on_hold": {"admitted", "excluded", "withdrawn"},
    "withdrawn": set(),
    "excluded": set(),
}


@pytest.mark.parametrize("before", STEPS)
@pytest.mark.parametrize("after", [*STEPS, "nonsense", ""])
def test_only_the_steps_that_exist_are_taken(house, before, after):
    city = factories.city("bologna", language="it", state=before)
    if after in STEPS[before]:
        made = cities.change_state(city.pk, after, "The assembly decided.", actor=house)
        assert (made.state, made.state_reason, made.version) == (after, "The assembly decided.", city.version + 1)
        facts = Entry.objects.get(name="city.state_changed").facts
        assert (facts["before"], facts["after"], facts["reason"]) == (before, after, "The assembly decided.")
    else:
        with refused(Conflict):
            cities.change_state(city.pk, after, "The assembly decided.", actor=house)


def test_a_state_is_changed_by_the_secretariat_with_a_reason(city, house):
    for somebody in (None, factories.official(city, "coordinator"), factories.moderator(), factories.person()):
        with refused(Forbidden):
            cities.change_state(city.pk, "on_hold", "Because.", actor=somebody)
    with refused(Invalid, field="reason"):
        cities.change_state(city.pk, "on_hold", " ", actor=house)
    with refused(Unknown):
        cities.change_state(99_999_999, "on_hold", "Because.", actor=house)


def test_places_have_names_in_every_language():
    names = places.names_of(factories.PLACES["alexandria"])
    assert {"fr", "en", "es", "it", "de", "pt", "ar"} <= set(names)
    assert all(names.values()) and "\u0600" <= names["ar"][0] <= "\u06ff"
    assert places.place(1) is None


@pytest.mark.parametrize("typed, first", [("porto", 2735943), ("Bologna", 3181928), ("Wien", 2761369), ("باريس", 2988507)])
def test_the_place_that_is_called_so_stands_first(typed, first):
    """Bordeaux is also called Porto, somewhere, and is larger."""
    assert places.places_named(typed)[0].id == first


@pytest.mark.parametrize("typed", ["", " ", "\x00", "%", "x" * 10_000, "💥", "'; DROP"])
def test_looking_for_a_place_never_fails(typed):
    assert isinstance(list(places.places_named(typed)), list)


# --- what holds in every language -----------------------------------------------------------------------------------------


def test_a_city_says_its_site_its_languages_and_its_other_networks(city):
    office = factories.official(city)
    before = city.version
    made = cities.set_facts(
        city.pk,
        website=" https://www.comune.bologna.it ",
        languages=["it", "pl", "it"],
        networks=["eccar", "icorn"],
        actor=office,
    )
    row = queries.city_row(made, "en")
    assert (row["website"], row["languages"]) == ("https://www.comune.bologna.it", ["it", "pl"])
    assert row["networks"] == ["eccar", "icorn"] and made.version == before + 1
    [entry] = Entry.objects.filter(name="city.facts_changed", actor=office)
    assert entry.facts["changed"] == ["website", "languages", "networks"]
    assert list(queries.filtered(City.objects.all(), network="icorn")) == [made]
    again = cities.set_facts(city.pk, networks=["icorn", "eccar"], website=made.website, actor=office)
    assert again.version == made.version and Entry.objects.filter(name="city.facts_changed").count() == 1
    less = cities.set_facts(city.pk, website="", networks=["icorn"], actor=office)
    assert (less.website, queries.city_row(less, "en")["networks"]) == ("", ["icorn"])


def test_who_may_not_set_facts(city):
    elsewhere = factories.official(factories.city("lyon"), "coordinator")
    for somebody in (None, factories.person(), factories.official(city, "observer"), elsewhere, factories.moderator()):
        with refused(Forbidden):
            cities.set_facts(city.pk, networks=["eccar"], actor=somebody)


@pytest.mark.parametrize(
    "given",
    [
        {"website": "javascript:alert(1)"}, {"website": "ftp://city.example"}, {"website": "https://x\x00.example"},
        {"website": "city"}, {"website": f"https://city.example/{'x' * 200}"}, {"languages": []}, {"languages": ["xx"]},
        {"languages": ["it\x00"]}, {"languages": ["mul"]}, {"networks": ["nowhere"]}, {"networks": ["eccar", "x" * 9000]},
    ],
)  # fmt: skip
def test_bad_facts_name_their_field_and_change_nothing(city, given):
    office = factories.official(city)
    [field] = given
    with refused(Invalid, field=field):
        cities.set_facts(city.pk, **given, actor=office)


def test_facts_of_a_city_that_is_not_there(house):
    with refused(Unknown):
        cities.set_facts(999_999, website="", actor=house)
