"""Accounts, and the keys that stand for them."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from alliance import clock
from alliance.errors import Conflict, Forbidden, Invalid, Unknown
from alliance.ledger.models import Entry
from members.actions import accounts, tickets
from members.models import SignInLink, Ticket, Token
from members.policies.standing import standing_of
from members.queries.accounts import person_of_token
from tests import factories
from tests.unchanged import everything, refused


@pytest.fixture
def person(db):
    return factories.person("office@lyon.example", language="fr")


# --- Tokens ------------------------------------------------------------------------------------------------------------


def test_a_token_stands_for_its_person_and_only_its_digest_is_kept(person):
    raw = accounts.issue_token(person.pk, days=None, actor=None)
    assert person_of_token(raw) == person
    assert raw not in str(everything()) and len(raw) > 40
    for other in ("", "alliance_", raw[:-1], raw.upper(), raw + "x", "\x00", "💥"):
        assert person_of_token(other) is None


def test_a_token_ends_when_it_says(person):
    raw = accounts.issue_token(person.pk, days=2, actor=None)
    with clock.at(clock.now() + timedelta(days=1, hours=23)):
        assert person_of_token(raw) == person
    with clock.at(clock.now() + timedelta(days=2, minutes=1)):
        assert person_of_token(raw) is None


def test_a_revoked_token_stops_at_once_and_once(person):
    raw = accounts.issue_token(person.pk, days=None, actor=None)
    accounts.revoke_token(raw, actor=None)
    assert person_of_token(raw) is None
    with refused(Conflict):
        accounts.revoke_token(raw, actor=None)
    with refused(Unknown):
        accounts.revoke_token("alliance_nothing", actor=None)
    assert list(Entry.objects.filter(name__startswith="account.token").order_by("pk").values_list("name", flat=True)) == [
        "account.token_issued",
        "account.token_revoked",
    ]


def test_one_ends_ones_own_tokens_only(person):
    raw = accounts.issue_token(person.pk, days=None, actor=None)
    token, other = Token.objects.get(), factories.person()
    with refused(Unknown):
        accounts.end_token(token.pk, actor=other)
    accounts.end_token(token.pk, actor=person)
    assert person_of_token(raw) is None
    with refused(Conflict):
        accounts.end_token(token.pk, actor=person)


def test_no_token_for_nobody(person):
    with refused(Unknown):
        accounts.issue_token(99_999_999, days=1, actor=None)
    accounts.deactivate(person.pk, "left", actor=factories.secretariat())
    with refused(Unknown):
        accounts.issue_token(person.pk, days=1, actor=None)


# --- The operator's spare key ------------------------------------------------------------------------------------------


def test_a_spare_key_opens_once_within_ten_minutes(person):
    raw = accounts.make_sign_in_link("OFFICE@lyon.example ", actor=None)
    assert raw not in str(everything())
    assert accounts.use_sign_in_link(raw, actor=None) == person
    with refused(Conflict):
        accounts.use_sign_in_link(raw, actor=None)
    late = accounts.make_sign_in_link(person.email, actor=None)
    with clock.at(clock.now() + timedelta(minutes=10, seconds=1)):
        with refused(Conflict):
            accounts.use_sign_in_link(late, actor=None)
    assert SignInLink.objects.filter(used_at=None).count() == 1


@pytest.mark.parametrize("email", ["nobody@lyon.example", "", "\x00", "x" * 10_000])
def test_no_spare_key_for_an_unknown_address(person, email):
    with refused(Unknown):
        accounts.make_sign_in_link(email, actor=None)


def test_a_spare_key_does_not_open_a_closed_account(person):
    raw = accounts.make_sign_in_link(person.email, actor=None)
    accounts.deactivate(person.pk, "left", actor=factories.secretariat())
    with refused(Conflict):
        accounts.use_sign_in_link(raw, actor=None)
    with refused(Unknown):
        accounts.make_sign_in_link(person.email, actor=None)


def test_the_command_prints_the_link_and_nothing_else(person, capsys, settings):
    call_command("sign_in_link", person.email)
    printed = capsys.readouterr().out.strip()
    assert printed.startswith(f"{settings.BASE_URL}/accounts/link/") and "\n" not in printed
    assert Client().get(printed.removeprefix(settings.BASE_URL)).status_code == 302
    with pytest.raises(CommandError):
        call_command("sign_in_link", "nobody@lyon.example")


# --- Tickets -----------------------------------------------------------------------------------------------------------


def test_a_ticket_opens_once_within_thirty_seconds(person):
    raw = tickets.issue(session_key="abc", actor=person)
    assert raw not in str(everything())
    assert tickets.redeem(raw) == (person, "abc")
    assert tickets.redeem(raw) is None
    late = tickets.issue(actor=person)
    with clock.at(clock.now() + timedelta(seconds=31)):
        assert tickets.redeem(late) is None
    assert tickets.redeem("\x00") is None and Ticket.objects.filter(used_at=None).count() == 1


# --- Closing, opening, describing --------------------------------------------------------------------------------------


def test_closing_an_account_ends_its_keys_and_its_rights(person):
    house = factories.secretariat()
    city = factories.city("lyon")
    official = factories.official(city, "coordinator")
    raw = accounts.issue_token(official.pk, days=None, actor=None)
    accounts.deactivate(official.pk, "Left the office.", actor=house)
    official.refresh_from_db()
    assert person_of_token(raw) is None and not standing_of(official).member
    entry = Entry.objects.get(name="account.deactivated")
    assert (entry.actor, entry.facts["reason"]) == (house, "Left the office.")
    with refused(Conflict):
        accounts.deactivate(official.pk, "again", actor=house)
    accounts.reactivate(official.pk, actor=house)
    official.refresh_from_db()
    assert standing_of(official).roles == {city.pk: frozenset({"coordinator"})}
    with refused(Conflict):
        accounts.reactivate(official.pk, actor=house)


def test_only_the_secretariat_closes_and_opens(person):
    city = factories.city("lyon")
    for somebody in (None, person, factories.official(city, "coordinator"), factories.moderator()):
        with refused(Forbidden):
            accounts.deactivate(person.pk, "because", actor=somebody)
        with refused(Forbidden):
            accounts.reactivate(person.pk, actor=somebody)
    house = factories.secretariat()
    with refused(Invalid, field="reason"):
        accounts.deactivate(person.pk, "  ", actor=house)


def test_one_describes_oneself(person):
    accounts.describe(person.pk, label="Bureau international", language="ar", actor=person)
    person.refresh_from_db()
    assert (person.label, person.language) == ("Bureau international", "ar")
    assert Entry.objects.get(name="account.described").facts["fields"] == ["label", "language"]
    before = Entry.objects.count()
    accounts.describe(person.pk, label="Bureau international", actor=person)
    assert Entry.objects.count() == before, "what does not change is not told"


@pytest.mark.parametrize(
    ("field", "value"),
    [("label", ""), ("label", " "), ("label", "x" * 121), ("label", "a\x00"), ("language", "xx"), ("language", "")],
)
def test_a_bad_description_names_its_field(person, field, value):
    with refused(Invalid, field=field):
        accounts.describe(person.pk, **{field: value}, actor=person)


def test_nobody_describes_another(person):
    for somebody in (None, factories.person(), factories.moderator()):
        with refused(Forbidden):
            accounts.describe(person.pk, label="Other", actor=somebody)
    assert accounts.describe(person.pk, label="Other", actor=factories.secretariat()).label == "Other"


def test_an_account_is_one_address_in_small_letters(db):
    first = factories.person("office@dakar.example")
    again = factories.person(" Office@Dakar.example ")
    assert again == first
    assert Entry.objects.filter(name="account.opened").count() == 1
