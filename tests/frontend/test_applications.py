"""A city asks to join, without an account and without a script."""

import re

from django.core.cache import cache
from django.test import Client

from alliance import background
from members.actions import applications as actions
from members.models import Application, City
from members.queries.accounts import person_by_email
from tests.permissions import world as worlds

from .conftest import text

GENEVA, MONTREAL = 2660646, 6077243
GIVEN = {
    "place": GENEVA, "q": "geneva", "contact_name": "International office", "contact_email": "office@geneva.example", "role": "Office",
    "motivation": "We share the charter.", "language": "fr",
}  # fmt: skip


def test_a_place_is_found_by_any_of_its_names(world, visitor):
    for asked in ("Geneva", "genève", "GINEVRA", "Genf", "جنيف"):
        page = text(visitor.get("/en/apply/", {"q": asked}))
        assert f'value="{GENEVA}"' in page, asked
    assert "We know no place" in text(visitor.get("/en/apply/?q=zzzqqq"))
    assert 'name="place"' not in text(visitor.get("/en/apply/"))


def test_a_place_chosen_by_the_script_is_chosen_in_the_form(world, visitor):
    page = text(visitor.get(f"/ar/apply/?q=x&place={GENEVA}"))
    assert f'value="{GENEVA}"' in page and "checked" in page
    for place in ("0", "-1", "abc", "9" * 40, "\x00", "٣"):
        assert visitor.get("/en/apply/", {"q": "geneva", "place": place}).status_code == 200


def test_a_city_applies_confirms_and_is_told_where_it_stands(world, visitor):
    before = Application.objects.count()
    answer = visitor.post("/fr/apply/", GIVEN)
    application = Application.objects.latest("pk")
    assert (
        answer.status_code == 302
        and answer["Location"] == f"/fr/apply/{application.pk}/"
        and Application.objects.count() == before + 1
    )
    background.run_waiting()
    assert "e-mail with a code" in text(visitor.get(f"/en/apply/{application.pk}/"))
    wrong = visitor.post(f"/en/apply/{application.pk}/", {"code": "XXXX-2222"})
    assert wrong.status_code in (400, 403) and 'value="XXXX-2222"' in text(wrong)
    application.refresh_from_db()
    assert application.state == "awaiting_contact"
    assert visitor.post(f"/en/apply/{application.pk}/", {"code": actions.code_of(application)}).status_code == 302
    application.refresh_from_db()
    assert application.state == "awaiting_decision"
    assert "The address is confirmed." in text(visitor.get(f"/en/apply/{application.pk}/"))
    assert visitor.post(f"/en/apply/{application.pk}/", {"code": "XXXX-2222"}).status_code == 400


def told(answer) -> tuple:
    """All that an answer says, but for the form's fresh secret and the address that was asked (and so its length)."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text(answer))
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "Content-Length")
    return answer.status_code, headers, re.sub(r"/apply/\d+/", "/apply/", page)


def test_who_counts_numbers_learns_nothing(world, visitor, at):
    """Every state, a number that no application has, and with a wrong code too: one and the same page."""
    decided = {"refused": actions.refuse, "admitted": actions.admit}
    made = {name: worlds._application(place, confirmed=True) for name, place in {"refused": GENEVA, "admitted": MONTREAL}.items()}
    for name, decide in decided.items():
        decide(made[name].pk, "Because.", actor=world.people["secretariat"])
    numbers = [made["refused"].pk, made["admitted"].pk, world.waiting.pk, world.returned.pk, world.unconfirmed.pk, 999_999]
    for client in (visitor, at("official_b"), at("ended"), at("moderator")):
        for given in (
            None,
            {"code": "XXXX2222"},
            {"code": ""},
            {"code": "XXXX2222", "motivation": "m", "role": "r", "contact_name": "c"},
        ):
            pages = [
                told(client.get(f"/en/apply/{pk}/") if given is None else client.post(f"/en/apply/{pk}/", given))
                for pk in numbers
            ]
            assert len({str(page) for page in pages}) == 1, given
            assert pages[0][0] == (200 if given is None else 400) and "Geneva" not in pages[0][2]
        cache.clear()  # that was a lot of knocking


def test_the_letter_opens_the_application_in_another_browser(world, visitor):
    address, code = f"/en/apply/{world.returned.pk}/", actions.code_of(world.returned)
    assert "Lyon" not in text(visitor.get(address))
    page = text(visitor.post(address, {"code": code}))
    assert "asks you to complete the application" in page and f'value="{code}"' in page and 'name="motivation"' in page
    given = {"code": code, "contact_name": "Office", "role": "Office", "motivation": "More."}
    assert "The secretariat reads the application" in text(visitor.post(address, given, follow=True))
    world.returned.refresh_from_db()
    assert (world.returned.state, world.returned.motivation) == ("awaiting_decision", "More.")
    actions.refuse(world.returned.pk, "No deliberation.", actor=world.people["secretariat"])
    assert "has decided not to admit" in text(visitor.get(address))
    later = Client(headers={"accept-language": "en"})
    assert "has decided not to admit" in text(later.post(address, {"code": code}, follow=True))


def test_the_secretariat_and_the_city_s_officials_see_where_it_stands(world, at):
    page = text(at("secretariat").get(f"/en/apply/{world.waiting.pk}/"))
    assert "The secretariat reads the application" in page and f"/en/desk/applications/{world.waiting.pk}/" in page
    actions.admit(world.waiting.pk, "Welcome.", actor=world.people["secretariat"])
    client = Client(headers={"accept-language": "en"})
    contact = person_by_email(world.waiting.contact_email)
    client.force_login(contact, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "The city is admitted." in text(client.get(f"/en/apply/{world.waiting.pk}/"))


FAULTS = (
        {"contact_email": "nobody"}, {"contact_email": ""}, {"motivation": ""}, {"motivation": "x" * 5000}, {"place": 1}, {"place": "abc"},
        {"place": ""}, {"place": "9" * 40}, {"language": "xx"}, {"role": "x" * 500}, {"contact_name": "a\x00b"}, {"contact_email": "a@" + "b" * 400},
)  # fmt: skip


def test_a_refusal_keeps_every_word_and_changes_nothing(world, visitor):
    before = Application.objects.count()
    for changes in FAULTS:
        answer = visitor.post("/en/apply/", GIVEN | changes)
        page = text(answer)
        assert answer.status_code == 400 and Application.objects.count() == before, changes
        assert 'role="alert"' in page and 'class="error"' in page, changes
        for field in ("contact_name", "motivation"):
            value = str((GIVEN | changes)[field])
            assert value in page or "\x00" in value, changes
    assert not City.objects.filter(place=GENEVA).exists()


def test_an_error_is_tied_to_its_field(world, visitor):
    page = text(visitor.post("/en/apply/", GIVEN | {"contact_email": "nobody"}))
    assert '<a href="#id_contact_email">' in page
    assert (
        'aria-invalid="true"' in page
        and 'id="id_contact_email_error"' in page
        and "id_contact_email_error" in page.split("aria-describedby=")[1]
    )


def test_a_member_city_does_not_apply_twice(world, visitor):
    answer = visitor.post("/en/apply/", GIVEN | {"place": world.a.place, "q": "bologna"})
    assert answer.status_code == 409 and "International office" in text(answer)


def test_who_knocks_too_often_waits(world, visitor):
    answers = [visitor.post(f"/en/apply/{world.unconfirmed.pk}/", {"code": "XXXX"}).status_code for _ in range(32)]
    assert answers[-1] == 429
