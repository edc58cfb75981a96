"""Mandates: invited, accepted, ended; and what stays of them."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from alliance import clock
from alliance.errors import Conflict, Forbidden, Invalid, Unknown
from alliance.ledger.models import Entry
from members.actions import accounts, cities, officials
from members.models import Letter, Official, User
from members.policies.standing import standing_of
from tests import factories
from tests.unchanged import everything, refused


@pytest.fixture
def city(db):
    return factories.city("bologna", language="it")


@pytest.fixture
def coordinator(city):
    return factories.official(city, "coordinator")


def invite(city, actor, **changed):
    given = {"email": "Sindaca@Bologna.example", "role": "signatory", "language": "it", **changed}
    return officials.invite(city.pk, **given, actor=actor)


def test_an_invitation_owes_a_letter_whose_code_is_kept_nowhere(city, coordinator, committed, mailoutbox):
    with committed():
        made = invite(city, coordinator)
    assert (made.email, made.user, made.starts_at) == ("sindaca@bologna.example", None, None)
    assert mailoutbox[-1].to == ["sindaca@bologna.example"] and mailoutbox[-1].extra_headers["Content-Language"] == "it"
    assert officials.code_of(made) in mailoutbox[-1].body.splitlines()
    assert officials.code_of(made) not in str(everything())
    assert not User.objects.filter(email=made.email).exists(), "the account comes with the acceptance"


@pytest.mark.parametrize("role", ["signatory", "contributor", "observer"])
def test_only_coordinators_and_the_secretariat_invite(city, role):
    elsewhere = factories.official(factories.city("lyon"), "coordinator")
    for somebody in (None, factories.person(), factories.official(city, role), elsewhere, factories.moderator()):
        with refused(Forbidden):
            invite(city, somebody)
    assert invite(city, factories.secretariat()).pk


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "office"), ("email", ""), ("email", "a\x00@b.example"), ("email", "x" * 260 + "@b.example"), ("role", "mayor"),
     ("role", ""), ("language", "xx")],
)  # fmt: skip
def test_a_bad_invitation_names_its_field(city, coordinator, field, value):
    with refused(Invalid, field=field):
        invite(city, coordinator, **{field: value})


def test_a_mandate_ends_in_the_future(city, coordinator):
    with refused(Invalid, field="until"):
        invite(city, coordinator, until=clock.now() - timedelta(seconds=1))


def test_nobody_is_invited_twice_to_one_role(city, coordinator):
    invite(city, coordinator)
    with refused(Conflict, field="email"):
        invite(city, coordinator, email="SINDACA@bologna.example")
    assert invite(city, coordinator, role="observer").role == "observer"


@pytest.mark.parametrize("state", ["on_hold", "withdrawn", "excluded"])
def test_a_city_without_its_full_seat_does_not_invite(city, coordinator, state):
    type(city).objects.filter(pk=city.pk).update(state=state)
    with refused(Forbidden):
        invite(city, coordinator)


def test_accepting_opens_the_account_and_begins_the_mandate(city, coordinator):
    made = invite(city, coordinator)
    begun = officials.accept(officials.code_of(made), actor=None)
    assert begun.user.email == "sindaca@bologna.example" and begun.user.language == "it"
    assert not begun.user.has_usable_password()
    assert standing_of(begun.user).roles == {city.pk: frozenset({"signatory"})}
    assert Entry.objects.get(name="official.began", facts__official_id=made.pk).actor == begun.user


def test_accepting_twice_is_a_conflict(city, coordinator):
    made = invite(city, coordinator)
    officials.accept(officials.code_of(made), actor=None)
    with refused(Conflict, field="code"):
        officials.accept(officials.code_of(made), actor=None)


@pytest.mark.parametrize("code", ["", "AAAABBBB2222", "\x00", "💥", "x" * 10_000, "............"])
def test_no_other_code_is_accepted(city, coordinator, code):
    invite(city, coordinator)
    with refused(Invalid, field="code"):
        officials.accept(code, actor=None)


def test_an_old_a_withdrawn_and_a_seatless_invitation_are_not_accepted(city, coordinator):
    made = invite(city, coordinator)
    with clock.at(clock.now() + timedelta(days=14, minutes=1)):
        with refused(Conflict, field="code"):
            officials.accept(officials.code_of(made), actor=None)
    type(city).objects.filter(pk=city.pk).update(state="excluded")
    with refused(Conflict, field="code"):
        officials.accept(officials.code_of(made), actor=None)
    type(city).objects.filter(pk=city.pk).update(state="admitted")
    officials.end(made.pk, actor=coordinator)
    with refused(Conflict, field="code"):
        officials.accept(officials.code_of(made), actor=None)


def test_a_closed_account_does_not_come_back_by_an_invitation(city, coordinator):
    person = factories.person("sindaca@bologna.example")
    accounts.deactivate(person.pk, "left", actor=factories.secretariat())
    made = invite(city, coordinator)
    with refused(Conflict, field="code"):
        officials.accept(officials.code_of(made), actor=None)


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_accept_at_once_one_begins(transactional_db):
    city = factories.city("bologna", language="it")
    made = invite(city, factories.official(city, "coordinator"))
    outcomes = []

    def accept():
        try:
            officials.accept(officials.code_of(made), actor=None)
            outcomes.append("begun")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["begun"] + ["conflict"] * 9
    assert User.objects.filter(email=made.email).count() == 1


def test_ending_takes_the_rights_at_once_and_keeps_the_history(city, coordinator, committed, mailoutbox):
    person = factories.official(city, "contributor")
    mandate = Official.objects.get(user=person)
    with committed():
        officials.end(mandate.pk, actor=coordinator)
    mandate.refresh_from_db()
    assert mandate.ends_at is not None and standing_of(person).roles == {}
    assert mailoutbox[-1].to == [person.email]
    assert Entry.objects.filter(name="official.ended", actor=coordinator).count() == 1
    with refused(Conflict):
        officials.end(mandate.pk, actor=coordinator)
    with refused(Unknown):
        officials.end(99_999_999, actor=coordinator)


def test_who_may_end_a_mandate(city, coordinator):
    mandate = Official.objects.get(user=factories.official(city, "contributor"))
    elsewhere = factories.official(factories.city("lyon"), "coordinator")
    for somebody in (None, elsewhere, factories.official(city, "signatory"), factories.moderator(), factories.person()):
        with refused(Forbidden):
            officials.end(mandate.pk, actor=somebody)
    officials.end(mandate.pk, actor=mandate.user)
    assert standing_of(mandate.user).roles == {}


def test_the_last_coordinator_stays_unless_the_secretariat_ends_it(city, coordinator):
    mandate = Official.objects.get(user=coordinator)
    with refused(Conflict, saying="at least one coordinator"):
        officials.end(mandate.pk, actor=coordinator)
    officials.end(mandate.pk, actor=factories.secretariat())
    assert standing_of(coordinator).roles == {}


def test_one_of_two_coordinators_may_go(city, coordinator):
    other = factories.official(city, "coordinator")
    officials.end(Official.objects.get(user=coordinator).pk, actor=other)
    assert standing_of(coordinator).roles == {} and standing_of(other).roles


def test_an_invitation_taken_back_owes_no_farewell(city, coordinator):
    made = invite(city, coordinator)
    officials.end(made.pk, actor=coordinator)
    assert not Letter.objects.filter(template="mandate_ended").exists()


def test_mandates_end_with_the_city(city, coordinator):
    dated = factories.official(city, "contributor")
    Official.objects.filter(user=dated).update(ends_at=clock.now() + timedelta(days=90))
    cities.change_state(city.pk, "excluded", "Broke the charter.", actor=factories.secretariat())
    assert not Official.objects.filter(city=city, ends_at=None).exists()
    assert standing_of(coordinator).roles == {} and standing_of(dated).roles == {}
    assert not Official.objects.filter(city=city, ends_at__gt=clock.now()).exists(), "a dated mandate ends now as well"
