"""A city asks to join, without an account and without a script."""

from alliance import background
from members.actions import applications as actions
from members.models import Application, City

from .conftest import text

GENEVA = 2660646
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
    assert visitor.post(f"/en/apply/{application.pk}/", {"code": "XXXX-2222"}).status_code == 409


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
