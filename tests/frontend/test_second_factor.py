"""What only the secretariat and signatories do needs a second factor: pages lead to it and back, the API says so."""

import json
import re
import time
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from alliance.accord.models import RegisterEntry
from alliance.accord.queries import editions
from members.actions import accounts, applications
from members.models import Application, City
from members.policies.second_factor import second_factor_in
from tests import factories

PASSWORD = "nine quiet harbours at dusk"
ACT = {"date": "2026-10-12", "reference": "DC/1", "votes_for": 9, "votes_against": 1, "abstentions": 0}


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # only so that the tests are quick


@pytest.fixture
def house(db):
    return factories.secretariat()


@pytest.fixture
def house_with_password(house):
    house.set_password(PASSWORD)
    house.save()
    return house


@pytest.fixture
def application(db):
    made = applications.apply(
        place=factories.PLACES["porto"], contact_name="Office", contact_email="o@porto.example", role="Office",
        motivation="We share the charter.", language="pt", actor=None,
    )  # fmt: skip
    return applications.confirm(made.pk, applications.code_of(made), actor=None)


def signed_in(person) -> Client:
    client = Client()
    client.get(f"/accounts/link/{accounts.make_sign_in_link(person.email, actor=None)}/")
    return client


def code(secret: str, ahead: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + ahead))


def app_of(person) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    return secret


@pytest.mark.django_db(transaction=True)
def test_without_a_factor_one_is_led_to_set_one_up_and_back(transactional_db, house, application):
    client = signed_in(house)
    page = f"/en/desk/applications/{application.pk}/"
    answer = client.get(page, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/totp/activate/")
    assert "needs a second factor" in answer.content.decode()
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code(client.session["mfa.totp.secret"])})
    assert answer["Location"] == page
    assert client.get(page).status_code == 200
    assert len(re.findall(r"^\d{8}$", client.get("/accounts/2fa/recovery-codes/").content.decode(), re.M)) >= 9
    client.post(page, {"do": "admit", "reason": "Welcome."})
    application.refresh_from_db()
    assert application.state == "admitted"


def test_who_has_a_password_gives_it_before_setting_a_factor_up(house_with_password, application):
    client = signed_in(house_with_password)
    answer = client.get(f"/en/desk/applications/{application.pk}/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    answer = client.post(answer.redirect_chain[-1][0], {"password": PASSWORD})
    assert answer["Location"].startswith("/accounts/2fa/totp/activate/")


def test_a_wrong_code_sets_nothing_up(house):
    client = signed_in(house)
    client.get("/accounts/2fa/totp/activate/")
    answer = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "not the right code" in answer.content.decode()
    assert not Authenticator.objects.exists() and not second_factor_in(client.session, house)


def test_a_factor_that_was_not_used_in_this_session_is_asked_and_the_form_is_not_lost(house, application):
    secret = app_of(house)
    client = signed_in(house)
    page = f"/en/desk/applications/{application.pk}/"
    answer = client.post(page, {"do": "refuse", "reason": "No deliberation."})
    assert answer["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    application.refresh_from_db()
    assert application.state == "awaiting_decision"
    client.post("/accounts/2fa/reauthenticate/", {"code": "000000", "next": page})
    application.refresh_from_db()
    assert application.state == "awaiting_decision"
    client.post("/accounts/2fa/reauthenticate/", {"code": code(secret), "next": page})
    application.refresh_from_db()
    assert (application.state, application.reason) == ("refused", "No deliberation.")
    assert second_factor_in(client.session, house)


@pytest.mark.parametrize("ahead, taken", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_taken_also_when_the_next_one_just_began(house, monkeypatch, ahead, taken):
    secret, now = app_of(house), time.time()
    monkeypatch.setattr(totp.time, "time", lambda: now)
    client = signed_in(house)
    client.post("/accounts/2fa/reauthenticate/", {"code": code(secret, ahead), "next": "/accounts/"})
    assert bool(second_factor_in(client.session, house)) is taken


def test_a_code_opens_once_for_as_long_as_it_would_be_taken(house, monkeypatch, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # goes by the clock set here
    secret, now = app_of(house), time.time() // 30 * 30 + 1  # a second into a period: 59 s later it is two periods later
    monkeypatch.setattr(totp.time, "time", lambda: now)
    seen = code(secret, 1)

    def opens(typed: str) -> bool:
        client = signed_in(house)
        client.post("/accounts/2fa/reauthenticate/", {"code": typed, "next": "/accounts/"})
        return bool(second_factor_in(client.session, house))

    assert opens(seen)
    now += 59  # nearly two periods later the code still stands, and allauth's own memory of it is over
    assert seen == code(secret, -1)
    assert not opens(seen) and not opens(f"{seen[:3]} {seen[3:]}")


def test_the_password_alone_does_not_stand_for_the_second_factor(house_with_password, application):
    app_of(house_with_password)
    client = signed_in(house_with_password)
    client.post("/accounts/reauthenticate/?next=/accounts/", {"password": PASSWORD})
    assert client.get(f"/en/desk/applications/{application.pk}/").status_code == 302


def test_a_further_factor_added_with_the_password_alone_proves_nothing(house, application):
    """Who has the password and a spare key, but not the phone, adds a factor of their own: it must not open what it guards."""
    from allauth.mfa.signals import authenticator_added

    app_of(house)
    client = signed_in(house)
    request = type("Request", (), {"session": client.session})()
    further = Authenticator.objects.create(user=house, type="webauthn", data={})
    authenticator_added.send(sender=Authenticator, request=request, user=house, authenticator=further)
    assert not second_factor_in(request.session, house)


def test_the_record_of_one_person_is_not_worth_anything_for_another(house):
    other = factories.person()
    session = {
        "account_authentication_methods": [{"method": "mfa"}],
        "account_authentication_methods_user": str(house.pk),
    }
    assert second_factor_in(session, house)
    assert not second_factor_in(session, other) and not second_factor_in({}, house)


def test_signing_in_with_the_factor_is_enough(house_with_password, application):
    secret = app_of(house_with_password)
    client = Client()
    client.post("/accounts/login/", {"login": house_with_password.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert client.get(f"/en/desk/applications/{application.pk}/").status_code == 200


def api(client, path, body=None):
    return client.post(path, json.dumps(body or {}), content_type="application/json")


def test_the_api_refuses_the_same_acts_to_a_session_without_the_factor(house, application):
    secret = app_of(house)
    city = factories.city("lyon")
    submitted = factories.practice(city, state="submitted")
    client = signed_in(house)
    acts = {
        f"/api/v1/applications/{application.pk}/admit/": {"reason": "Welcome."},
        f"/api/v1/applications/{application.pk}/refuse/": {"reason": "No."},
        f"/api/v1/practices/{submitted.pk}/publish/": {},
        f"/api/v1/practices/{submitted.pk}/return/": {"reason": "Cost?"},
    }
    for path, body in acts.items():
        answer = api(client, path, body)
        assert answer.status_code == 403 and "second factor" in answer.json()["detail"], path
    submitted.refresh_from_db()
    application.refresh_from_db()
    assert (submitted.state, application.state) == ("submitted", "awaiting_decision")
    client.post("/accounts/2fa/reauthenticate/", {"code": code(secret), "next": "/accounts/"})
    assert api(client, f"/api/v1/practices/{submitted.pk}/publish/").status_code == 200
    assert api(client, f"/api/v1/applications/{application.pk}/admit/", {"reason": "Welcome."}).status_code == 200
    assert City.objects.filter(place=application.place).exists()


def test_a_token_stands_for_itself(house, application):
    raw = accounts.issue_token(house.pk, days=1, actor=None)
    answer = Client().post(
        f"/api/v1/applications/{application.pk}/admit/", json.dumps({"reason": "Welcome."}),
        content_type="application/json", headers={"Authorization": f"Bearer {raw}"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert Application.objects.get(pk=application.pk).state == "admitted"


def test_signing_through_the_api_needs_it_too(db):
    factories.edition()
    city = factories.city("bologna", language="it")
    mayor = factories.official(city, "signatory")
    body = {"city": city.slug, "edition_sha256": editions.current().sha256, "deliberation": ACT}
    client = signed_in(mayor)
    assert api(client, "/api/v1/accord/signatures/", body).status_code == 403
    assert not RegisterEntry.objects.exists()
    secret = app_of(mayor)
    client.post("/accounts/2fa/reauthenticate/", {"code": code(secret), "next": "/accounts/"})
    assert api(client, "/api/v1/accord/signatures/", body).status_code == 201
    assert RegisterEntry.objects.get().facts["deliberation"]["date"] == date(2026, 10, 12).isoformat()
