"""Signing in by each way, and what each way refuses."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.test import Client

from alliance.ledger.models import Entry
from members.actions import accounts, officials
from members.models import User
from tests import factories

PASSWORD = "nine quiet harbours at dusk"
LANGUAGES = ("fr", "en", "es", "it", "de", "pt", "ar")


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # only so that the tests are quick


@pytest.fixture
def person(db):
    return factories.person("office@lyon.example", language="fr", password=PASSWORD)


def signed_in(client) -> int | None:
    key = client.session.get("_auth_user_id")
    return int(key) if key else None


def code_in(letter) -> str:
    """The code stands alone on its line."""
    found = re.findall(r"^(\d{8})$", letter.body, re.M)
    assert len(found) == 1, letter.body
    return found[0]


def with_app(person) -> str:
    """The person has an authenticator app; returns its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def app_code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def with_password(client, email="office@lyon.example", password=PASSWORD, **more):
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


def open_with_link(client, person):
    return client.get(f"/accounts/link/{accounts.make_sign_in_link(person.email, actor=None)}/")


# --- Password ----------------------------------------------------------------------------------------------------------


def test_a_password_signs_in_and_leads_to_the_desk_in_ones_language(client, person):
    answer = with_password(client)
    assert answer.status_code == 302 and answer["Location"] == "/fr/desk/"
    assert signed_in(client) == person.pk
    assert client.get("/accounts/")["Content-Language"] == "fr"


def test_a_next_address_is_followed_only_within_the_house(client, person):
    assert with_password(client, next="/fr/cities/")["Location"] == "/fr/cities/"
    client.logout()
    assert with_password(client, next="https://evil.example/")["Location"] == "/fr/desk/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, person):
    wrong = with_password(client, password="not this one")
    unknown = with_password(client, email="nobody@lyon.example", password="not this one")
    shown = [re.findall(r'<div class="problem".*?</div>', page.content.decode(), re.S) for page in (wrong, unknown)]
    assert shown[0] == shown[1] and "do not belong together" in shown[0][0]
    assert wrong.status_code == unknown.status_code
    assert signed_in(client) is None
    assert 'value="office@lyon.example"' in wrong.content.decode()


def test_too_many_wrong_passwords_close_the_door_even_to_the_right_one(client, person):
    for _ in range(5):
        with_password(client, password="wrong")
    assert "too many attempts" in with_password(client).content.decode()
    assert signed_in(client) is None


def test_a_flood_of_sign_ins_gets_429_in_a_page_of_ours(client, person):
    answers = [with_password(client, email=f"{n}@lyon.example") for n in range(40)]
    assert answers[-1].status_code == 429
    assert "<main" in answers[-1].content.decode()


def test_a_closed_account_cannot_sign_in_by_any_way(client, person, mailoutbox):
    raw = accounts.make_sign_in_link(person.email, actor=None)
    User.objects.filter(pk=person.pk).update(is_active=False)
    with_password(client)
    assert signed_in(client) is None
    client.post("/accounts/login/code/", {"email": person.email})
    assert not any(re.search(r"^\d{8}$", letter.body, re.M) for letter in mailoutbox)
    assert client.get(f"/accounts/link/{raw}/").status_code == 409
    assert signed_in(client) is None


def test_deactivating_ends_the_sessions_there_are(client, person):
    house = factories.secretariat()
    with_password(client)
    client.get("/accounts/")
    accounts.deactivate(person.pk, "left the office", actor=house)
    assert client.get("/accounts/").status_code == 302
    assert not UserSession.objects.filter(user=person).exists()


# --- Code of a letter --------------------------------------------------------------------------------------------------


def test_a_code_of_the_letter_signs_in(client, person, mailoutbox):
    client.post("/accounts/login/code/", {"email": "Office@Lyon.example"})
    letter = mailoutbox[-1]
    assert letter.to == ["office@lyon.example"] and letter.extra_headers["Content-Language"] == "fr"
    client.post("/accounts/login/code/confirm/", {"code": code_in(letter)})
    assert signed_in(client) == person.pk


def test_a_code_may_be_typed_with_arabic_digits_and_spaces(client, person, mailoutbox):
    client.post("/accounts/login/code/", {"email": person.email})
    code = code_in(mailoutbox[-1]).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    client.post("/accounts/login/code/confirm/", {"code": f" {code[:4]} {code[4:]} "})
    assert signed_in(client) == person.pk


def test_three_wrong_codes_use_the_letter_up(client, person, mailoutbox):
    client.post("/accounts/login/code/", {"email": person.email})
    for _ in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "00000000"})
    client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[-1])})
    assert signed_in(client) is None


def test_a_code_is_good_for_ten_minutes(client, person, mailoutbox, monkeypatch):
    client.post("/accounts/login/code/", {"email": person.email})
    later = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: later)
    client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[-1])})
    assert signed_in(client) is None


def test_asking_for_a_code_does_not_tell_who_has_an_account(person, mailoutbox):
    pages = []
    for email in (person.email, "nobody@lyon.example"):
        client = Client()
        answer = client.post("/accounts/login/code/", {"email": email}, follow=True)
        page = answer.content.decode().replace(email, "ADDRESS")
        pages.append((answer.redirect_chain, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)))
    assert pages[0] == pages[1]
    assert len(mailoutbox) == 2 and not re.search(r"^\d{8}$", mailoutbox[1].body, re.M)


def test_codes_to_one_address_are_limited(client, person, mailoutbox):
    for _ in range(6):
        Client().post("/accounts/login/code/", {"email": person.email})
    assert len(mailoutbox) == 3


# --- Second factor -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["app", "recovery"])
def test_after_the_password_the_second_factor_is_asked(client, person, way):
    secret = with_app(person)
    recovery = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0]
    answer = with_password(client)
    assert answer["Location"].startswith("/accounts/2fa/authenticate/") and signed_in(client) is None
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert signed_in(client) is None
    client.post("/accounts/2fa/authenticate/", {"code": app_code(secret) if way == "app" else recovery})
    assert signed_in(client) == person.pk
    if way == "recovery":
        other = Client()
        with_password(other)
        other.post("/accounts/2fa/authenticate/", {"code": recovery})
        assert signed_in(other) is None


def test_a_code_of_the_letter_is_not_enough_either(client, person, mailoutbox):
    with_app(person)
    client.post("/accounts/login/code/", {"email": person.email})
    answer = client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[-1])})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/") and signed_in(client) is None


def test_an_app_code_works_once(person):
    secret = with_app(person)
    code = app_code(secret)
    first, second = Client(), Client()
    for client in (first, second):
        with_password(client)
        client.post("/accounts/2fa/authenticate/", {"code": code})
    assert (signed_in(first), signed_in(second)) == (person.pk, None)


def test_guessing_second_factors_is_limited(client, person):
    secret = with_app(person)
    with_password(client)
    for _ in range(6):
        client.post("/accounts/2fa/authenticate/", {"code": "123456"})
    client.post("/accounts/2fa/authenticate/", {"code": app_code(secret)})
    assert signed_in(client) is None


def test_seeds_and_recovery_seeds_are_encrypted_in_the_database(person):
    secret = with_app(person)
    kept = {row.type: row.data for row in Authenticator.objects.filter(user=person)}
    assert secret not in str(kept)
    assert kept["totp"]["secret"].startswith("gAAAA") and kept["recovery_codes"]["seed"].startswith("gAAAA")


# --- The operator's spare key ------------------------------------------------------------------------------------------


def test_the_spare_key_works_once_and_is_in_the_ledger(client, person):
    raw = accounts.make_sign_in_link(person.email, actor=None)
    assert raw not in str(list(Entry.objects.values()))
    answer = client.get(f"/accounts/link/{raw}/")
    assert answer["Location"] == "/fr/desk/" and signed_in(client) == person.pk
    assert list(Entry.objects.filter(name__startswith="account.sign_in").order_by("pk").values_list("name", flat=True)) == [
        "account.sign_in_link_made",
        "account.sign_in_link_used",
    ]
    again = Client()
    refused = again.get(f"/accounts/link/{raw}/")
    assert refused.status_code == 409 and "used or has expired" in refused.content.decode()
    assert signed_in(again) is None


@pytest.mark.parametrize("raw", ["nonsense", "a" * 5000, "%00", "%F0%9F%92%A5"])
def test_no_other_key_opens(client, person, raw):
    assert client.get(f"/accounts/link/{raw}/").status_code in (404, 409)
    assert signed_in(client) is None


def test_a_spare_key_cannot_be_used_by_a_preview(client, person):
    raw = accounts.make_sign_in_link(person.email, actor=None)
    assert client.head(f"/accounts/link/{raw}/").status_code == 405
    assert open_with_link(client, person).status_code == 302


# --- Invitations -------------------------------------------------------------------------------------------------------


@pytest.fixture
def invited(db):
    city = factories.city("bologna", language="it")
    coordinator = factories.official(city, "coordinator")
    return officials.invite(city.pk, email="sindaca@bologna.example", role="signatory", language="it", actor=coordinator)


def test_the_code_of_an_invitation_signs_in_and_begins_the_mandate(client, invited):
    answer = client.post("/it/invitation/", {"code": officials.code_of(invited).lower()})
    invited.refresh_from_db()
    assert answer.status_code == 302 and answer["Location"] == "/it/desk/"
    assert invited.user.email == "sindaca@bologna.example" and signed_in(client) == invited.user_id
    again = Client().post("/it/invitation/", {"code": officials.code_of(invited)})
    assert again.status_code == 409


def test_a_wrong_code_of_an_invitation_comes_back_filled_in(client, invited):
    answer = client.post("/en/invitation/", {"code": "WRONG2CODE"})
    assert answer.status_code == 400 and 'value="WRONG2CODE"' in answer.content.decode()
    assert signed_in(client) is None and not User.objects.filter(email=invited.email).exists()


def test_who_accepts_for_somebody_else_stays_who_they_are(client, invited, person):
    with_password(client)
    page = client.post("/fr/invitation/", {"code": officials.code_of(invited)}, follow=True).content.decode()
    assert signed_in(client) == person.pk
    assert invited.email in page


# --- Password and address ----------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_with_a_code(client, person, mailoutbox):
    elsewhere = Client()
    with_password(elsewhere)
    client.post("/accounts/password/reset/", {"email": person.email})
    client.post("/accounts/password/reset/confirm/", {"code": code_in(mailoutbox[-1])})
    fresh = "another quiet harbour at dawn"
    client.post("/accounts/password/reset/complete/", {"password1": fresh, "password2": fresh})
    assert mailoutbox[-1].extra_headers["Content-Language"] == "fr"
    assert elsewhere.get("/accounts/").status_code == 302
    with_password(client, password=PASSWORD)
    assert signed_in(client) is None
    with_password(client, password=fresh)
    assert signed_in(client) == person.pk
    assert Entry.objects.filter(name="account.described", facts__fields=["password"]).exists()


def test_resetting_does_not_tell_who_has_an_account(person):
    answers = []
    for email in (person.email, "nobody@lyon.example"):
        answer = Client().post("/accounts/password/reset/", {"email": email}, follow=True)
        answers.append((answer.status_code, answer.redirect_chain))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("weak", ["short", "123456789012", "office@lyon.example"])
def test_a_weak_password_is_refused(client, person, weak):
    with_password(client)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_changing_the_password_signs_out_everywhere_and_says_so_by_letter(client, person, mailoutbox):
    elsewhere = Client()
    with_password(elsewhere)
    with_password(client)
    fresh = "another quiet harbour at dawn"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert signed_in(client) is None and elsewhere.get("/accounts/").status_code == 302
    assert "127.0.0.1" in mailoutbox[-1].body


def test_a_new_address_counts_only_after_its_code(client, person, mailoutbox):
    with_password(client)
    client.post("/accounts/reauthenticate/?next=/accounts/email/", {"password": PASSWORD})
    client.post("/accounts/email/", {"action_add": "1", "email": "New@Lyon.example"})
    person.refresh_from_db()
    assert person.email == "office@lyon.example"
    letter = mailoutbox[-1]
    assert letter.to == ["new@lyon.example"]
    client.post("/accounts/confirm-email/", {"code": code_in(letter)})
    person.refresh_from_db()
    assert person.email == "new@lyon.example"
    assert list(EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary")) == [
        ("new@lyon.example", True, True)
    ]
    assert Entry.objects.filter(name="account.described", facts__fields=["email"]).exists()


def test_an_address_of_another_account_is_not_taken_and_not_told(client, person, mailoutbox):
    factories.person("taken@lyon.example")
    with_password(client)
    client.post("/accounts/reauthenticate/?next=/accounts/email/", {"password": PASSWORD})
    answer = client.post("/accounts/email/", {"action_add": "1", "email": "taken@lyon.example"})
    assert answer.status_code == 302
    answer = client.post("/accounts/confirm-email/", {"code": code_in(mailoutbox[-1])})
    assert 'id="id_code_error"' in answer.content.decode()
    person.refresh_from_db()
    assert person.email == "office@lyon.example"


def test_changing_the_address_asks_again_who_it_is_and_loses_nothing(client, person, mailoutbox):
    with_password(client)
    answer = client.post("/accounts/email/", {"action_add": "1", "email": "new@lyon.example"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    client.post(answer["Location"], {"password": PASSWORD, "next": "/accounts/email/"})
    assert mailoutbox[-1].to == ["new@lyon.example"]


# --- Sessions and tokens -----------------------------------------------------------------------------------------------


def test_one_sees_ones_sessions_and_ends_one(person):
    here, there = Client(headers={"user-agent": "Here/1"}), Client(headers={"user-agent": "There/2"})
    for client in (here, there):
        with_password(client)
        client.get("/accounts/")
    page = here.get("/accounts/sessions/").content.decode()
    assert "Here/1" in page and "There/2" in page
    far = UserSession.objects.get(user_agent="There/2")
    here.post(f"/accounts/sessions/{far.pk}/end/")
    assert there.get("/accounts/").status_code == 302
    assert here.get("/accounts/").status_code == 200


def test_nobody_ends_anothers_session(client, person):
    other = Client()
    with_password(other)
    other.get("/accounts/")
    factories.person("b@lyon.example", password=PASSWORD)
    with_password(client, email="b@lyon.example")
    theirs = UserSession.objects.get(user=person)
    assert client.post(f"/accounts/sessions/{theirs.pk}/end/").status_code == 404
    assert other.get("/accounts/").status_code == 200


def test_all_other_sessions_end_at_once(person):
    here, there = Client(), Client()
    for client in (here, there):
        with_password(client)
        client.get("/accounts/")
    here.post("/accounts/sessions/")
    assert there.get("/accounts/").status_code == 302 and here.get("/accounts/").status_code == 200


def test_a_page_does_not_write_to_the_list_of_sessions_each_time(client, person, django_assert_num_queries):
    with_password(client)
    client.get("/accounts/")
    before = UserSession.objects.get(user=person).last_seen_at
    client.get("/accounts/")
    assert UserSession.objects.get(user=person).last_seen_at == before


def test_one_ends_ones_own_tokens_only(client, person):
    raw = accounts.issue_token(person.pk, days=1, actor=None)
    other = factories.person("b@lyon.example")
    accounts.issue_token(other.pk, days=1, actor=None)
    from members.models import Token
    from members.queries.accounts import person_of_token

    mine, theirs = Token.objects.get(user=person), Token.objects.get(user=other)
    with_password(client)
    assert f"/accounts/tokens/{mine.pk}/end/" in client.get("/accounts/").content.decode()
    assert client.post(f"/accounts/tokens/{theirs.pk}/end/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None
    client.post(f"/accounts/tokens/{mine.pk}/end/")
    assert person_of_token(raw) is None


# --- The account page --------------------------------------------------------------------------------------------------


def test_one_changes_name_and_language(client, person):
    with_password(client)
    client.post("/accounts/", {"label": "Bureau international", "language": "ar"})
    person.refresh_from_db()
    assert (person.label, person.language) == ("Bureau international", "ar")
    page = client.get("/accounts/").content.decode()
    assert 'lang="ar" dir="rtl"' in page


@pytest.mark.parametrize("label", ["", "   ", "x" * 121, "a\x00b"])
def test_a_bad_name_comes_back_and_changes_nothing(client, person, label):
    with_password(client)
    assert client.post("/accounts/", {"label": label, "language": "fr"}).status_code == 400
    person.refresh_from_db()
    assert person.label == "office"


def test_there_is_no_way_to_sign_up(client, db):
    for answer in (
        client.get("/accounts/signup/"),
        client.post("/accounts/signup/", {"email": "me@x.example", "password1": PASSWORD, "password2": PASSWORD}),
    ):
        assert "Accounts come with an invitation" in answer.content.decode()
    assert not User.objects.exists()
    assert "/accounts/signup/" not in client.get("/accounts/login/").content.decode()


PAGES = [
    "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/", "/accounts/inactive/", "/accounts/signup/",
    "/accounts/password/reset/done/", "/en/invitation/",
]  # fmt: skip
OWN_PAGES = [
    "/accounts/", "/accounts/logout/", "/accounts/email/", "/accounts/password/change/", "/accounts/sessions/", "/accounts/2fa/",
    "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/", "/accounts/reauthenticate/",
]  # fmt: skip
FACTOR_PAGES = [
    "/accounts/2fa/", "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/reauthenticate/",
]  # fmt: skip


def looks_like_ours(page) -> None:
    html = page.content.decode()
    assert page.status_code == 200, page.status_code
    assert re.search(r'<html lang="\w\w" dir="(ltr|rtl)">', html) and '<main id="main"' in html
    assert html.count("<h1") == 1
    assert len(re.findall(r'class="do"[ >]', html)) <= 1, "one primary button a page"
    assert not re.search(r"\son\w+=|style=|<script>|javascript:", html), "the policy lets no inline script or style run"
    assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", html)
    for name in re.findall(r'<(?:input|select)[^>]*\sid="(id_\w+)"(?![^>]*type="hidden")', html):
        assert f'for="{name}"' in html or 'type="hidden" name' in html, name


@pytest.mark.parametrize("path", PAGES)
def test_pages_for_everybody_are_in_the_houses_design(client, db, path):
    looks_like_ours(client.get(path))


def test_pages_of_an_account_are_in_the_houses_design(client, person):
    with_password(client)
    client.post("/accounts/reauthenticate/?next=/accounts/", {"password": PASSWORD})
    for path in OWN_PAGES:
        looks_like_ours(client.get(path))
    with_app(person)
    for path in FACTOR_PAGES:
        looks_like_ours(client.get(path))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_pages_and_letters(client, person, mailoutbox, language):
    User.objects.filter(pk=person.pk).update(language=language)
    client.cookies["django_language"] = language
    assert f'lang="{language}"' in client.get("/accounts/login/").content.decode()
    client.post("/accounts/login/code/", {"email": person.email})
    letter = mailoutbox[-1]
    code_in(letter)
    assert (
        letter.extra_headers["Content-Language"] == language and not letter.alternatives
        if hasattr(letter, "alternatives")
        else True
    )


def test_pages_of_an_account_lead_a_visitor_to_sign_in(client, db):
    for path in OWN_PAGES:
        if path not in ("/accounts/logout/",):
            assert client.get(path)["Location"].startswith("/accounts/login/"), path


def test_fields_help_phones_and_password_managers(client, db):
    login = client.get("/accounts/login/").content.decode()
    assert 'autocomplete="username"' in login and 'autocomplete="current-password"' in login and "placeholder" not in login
    factories.person("a@b.example")
    page = client.post("/accounts/login/code/", {"email": "a@b.example"}, follow=True).content.decode()
    assert 'inputmode="numeric"' in page and 'autocomplete="one-time-code"' in page
    wrong = client.post("/accounts/login/code/confirm/", {"code": "1"}).content.decode()
    assert re.search(r'aria-describedby="id_code_error"', wrong) and 'aria-invalid="true"' in wrong
    assert 'role="alert"' in wrong


@pytest.mark.parametrize("bad", ["\x00", "a\x00@b.example", "x" * 100_000, "é" * 300 + "@b.example", "💥", "' OR 1=1 --"])
def test_hostile_input_is_refused_calmly(client, person, bad):
    client.raise_request_exception = False
    for path, fields in {
        "/accounts/login/": {"login": bad, "password": bad, "next": bad},
        "/accounts/login/code/": {"email": bad, "next": bad},
        "/accounts/password/reset/": {"email": bad},
        "/en/invitation/": {"code": bad},
        "/accounts/2fa/webauthn/login/": {"credential": bad},
    }.items():
        assert client.post(path, fields).status_code < 500, path
    client.post("/accounts/login/code/", {"email": person.email})
    assert client.post("/accounts/login/code/confirm/", {"code": bad}).status_code < 500
    assert signed_in(client) is None


@pytest.mark.parametrize(
    "bad", ["\x00", "x" * 300 + "@b.example", "{}", '{"id": 1}', '{"id": "a", "rawId": "a", "response": {}}', "[1]"]
)
def test_hostile_input_inside_an_account(client, person, bad):
    client.raise_request_exception = False
    with_password(client)
    client.post("/accounts/reauthenticate/?next=/accounts/", {"password": PASSWORD})
    for path, fields in {
        "/accounts/email/": {"action_add": "1", "email": bad},
        "/accounts/password/change/": {"oldpassword": bad, "password1": bad, "password2": bad},
        "/accounts/reauthenticate/": {"password": bad},
        "/accounts/2fa/totp/activate/": {"code": bad},
        "/accounts/2fa/webauthn/add/": {"name": bad, "credential": bad},
    }.items():
        assert client.post(path, fields).status_code < 500, path
    person.refresh_from_db()
    assert person.email == "office@lyon.example" and person.check_password(PASSWORD)
