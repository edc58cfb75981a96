"""What a person is to the network at this moment."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from alliance import clock
from members.models import City, Official
from members.policies.standing import (
    VISITOR,
    is_member,
    may_act_for,
    may_keep_the_house,
    may_moderate,
    standing_of,
)
from tests import factories

ROLES = ("coordinator", "signatory", "contributor", "observer")


@pytest.fixture
def city(db):
    return factories.city("bologna", language="it")


def test_a_visitor_is_nothing(db):
    for nobody in (None, AnonymousUser()):
        assert standing_of(nobody) is VISITOR
        assert VISITOR.tokens == {"public"} and not VISITOR.known and not is_member(nobody)


@pytest.mark.parametrize("role", ROLES)
def test_an_active_mandate_makes_a_member_of_its_city_only(city, role, django_assert_num_queries):
    person = factories.official(city, role)
    with django_assert_num_queries(1):
        standing = standing_of(person)
        assert standing.roles == {city.pk: frozenset({role})}
    assert standing.tokens == {"public", "members", f"city:{city.pk}"}
    assert bool(may_act_for(standing, city.pk)) == (role != "observer")
    assert not may_act_for(standing, factories.city("lyon").pk)
    assert standing.signatory == (role == "signatory")
    assert not may_keep_the_house(standing) and not may_moderate(standing)


def test_a_mandate_counts_between_its_ends_only(city):
    person = factories.official(city)
    now = clock.now()
    Official.objects.filter(user=person).update(starts_at=now, ends_at=now + timedelta(hours=1))
    with clock.at(now - timedelta(seconds=1)):
        assert not standing_of(person).member
    with clock.at(now + timedelta(minutes=59)):
        assert standing_of(person).member
    with clock.at(now + timedelta(hours=1)):
        assert not standing_of(person).member


def test_an_invitation_is_no_mandate(city):
    person = factories.person("invited@bologna.example")
    Official.objects.create(city=city, email=person.email, role="coordinator", user=person)
    assert not standing_of(person).member


def test_a_closed_account_is_nothing(city):
    person = factories.official(city, "coordinator")
    person.is_active = False
    person.save()
    assert standing_of(person) is VISITOR


def test_a_city_on_hold_reads_but_does_not_write(city):
    person = factories.official(city, "coordinator")
    City.objects.filter(pk=city.pk).update(state="on_hold")
    standing = standing_of(person)
    assert standing.member and standing.on_hold == {city.pk}
    verdict = may_act_for(standing, city.pk)
    assert not verdict and "on hold" in str(verdict.reason)


@pytest.mark.parametrize("state", ["withdrawn", "excluded"])
def test_a_city_that_left_gives_no_standing(city, state):
    person = factories.official(city, "coordinator")
    City.objects.filter(pk=city.pk).update(state=state)
    assert not standing_of(person).member


def test_offices_of_the_network(db):
    house, moderator = standing_of(factories.secretariat()), standing_of(factories.moderator())
    assert house.secretariat and not house.moderator and may_keep_the_house(house) and may_moderate(house)
    assert moderator.moderator and not moderator.secretariat and may_moderate(moderator) and not may_keep_the_house(moderator)
    assert house.tokens == {"public", "members", "staff:secretariat"}
    assert not may_act_for(house, 1), "the secretariat acts for no city"


def test_several_mandates_add_up(city):
    person = factories.official(city, "observer")
    lyon = factories.city("lyon")
    from django.db import transaction

    from members.actions import applications

    with transaction.atomic():
        applications.seat(lyon, person, "signatory", actor=None)
        applications.seat(city, person, "contributor", actor=None)
    standing = standing_of(person)
    assert standing.roles == {city.pk: frozenset({"observer", "contributor"}), lyon.pk: frozenset({"signatory"})}
    assert may_act_for(standing, city.pk) and may_act_for(standing, lyon.pk)
