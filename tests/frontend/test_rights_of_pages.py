"""Pages that change something: who may, who is told why not, and that what was typed is still there."""

from exchanges.actions import rooms
from exchanges.models import Report
from frontend.admission import StateForm
from tests.permissions.world import TEXTS

from .conftest import text


def test_whose_mandate_ended_while_writing_keeps_the_words(at, world):
    forms = {
        "/en/practices/write/": {"city": world.a.pk, "source_language": "en", "audience": "public", **TEXTS},
        "/en/rooms/open/": {"city": world.a.pk, "title": TEXTS["title"], "audience": "members"},
        f"/en/practices/{world.published.pk}/transfer/": {"city": world.a.pk, "note": TEXTS["title"]},
    }
    for address, given in forms.items():
        answer = at("ended").post(address, given)
        assert answer.status_code == 403, address
        assert "Only officials of member cities may do this." in text(answer)
        assert TEXTS["title"] in text(answer) and '<form method="post" class="form">' in text(answer)


def test_only_its_author_changes_a_message_and_everybody_in_the_room_is_told_so(at, world):
    address = f"/en/rooms/{world.room.pk}/messages/{world.message.seq}/"
    for answer in (at("official_b").get(address), at("official_b").post(address, {"text": "Mine"})):
        assert answer.status_code == 403 and "Only its author may change a message." in text(answer)
    world.message.refresh_from_db()
    assert world.message.text == "Hello"


def test_the_secretariat_translates_as_it_may_in_the_api(at, world):
    address = f"/en/practices/{world.published.pk}/translate/fr/"
    assert at("secretariat").get(address).status_code == 200
    assert at("secretariat").post(address, {**TEXTS, "title": "Des cours", "origin": "human"}).status_code == 302
    assert at("official_b").post(address, {**TEXTS, "origin": "human"}).status_code == 403


def test_one_reports_what_one_can_see(at, world):
    assert at("official_b").get(f"/en/report/message/{world.message.pk}/").status_code == 200
    for address in (f"/en/report/message/{world.message.pk}/", "/en/report/message/999999/", "/en/report/nonsense/1/"):
        assert at("ended").get(address).status_code == 404, address


def test_after_a_report_one_is_back_where_the_thing_stands_and_told_that_it_was_received(at, world):
    last = rooms.post(world.room.pk, "Water again", nonce="w", actor=world.people["official_a"])[0]
    places = {
        f"practice/{world.published.pk}": f"/en/practices/{world.published.pk}/",
        f"document/{world.document.pk}": f"/en/documents/{world.document.pk}/",
        f"message/{last.pk}": f"/en/rooms/{world.room.pk}/#m{last.seq}",
    }
    for thing, place in places.items():
        office = at("official_b")
        assert f'<a href="{place}"' in text(office.get(f"/en/report/{thing}/")), thing  # and one may turn back before
        answer = office.post(f"/en/report/{thing}/", {"reason": "other", "note": ""})
        assert (answer.status_code, answer["Location"]) == (302, place)
        assert "The moderators have your report" in text(office.get(place))


def test_a_report_of_an_old_message_leads_back_among_the_earlier_ones(at, world):
    for number in range(70):
        rooms.post(world.room.pk, f"Word {number}", nonce=f"n{number}", actor=world.people["official_b"])
    world.report.delete()
    place = at("official_b").post(f"/en/report/message/{world.message.pk}/", {"reason": "other"})["Location"]
    assert place == f"/en/rooms/{world.room.pk}/?before=31#m1" and 'id="m1"' in text(at("official_b").get(place))


def test_who_decides_on_a_report_is_led_to_what_they_may_see(at, world):
    in_room = at("moderator").get(f"/en/desk/reports/{world.report.pk}/")
    assert "See it where it stands" not in text(in_room), "a moderator is not in the room"
    at("official_b").post(f"/en/report/practice/{world.published.pk}/", {"reason": "false"})
    newest = max(Report.objects.values_list("pk", flat=True))
    page = text(at("moderator").get(f"/en/desk/reports/{newest}/"))
    assert f'<a href="/en/practices/{world.published.pk}/">See it where it stands</a>' in page


def test_every_queue_leads_back_to_the_desk(at, world):
    for queue in ("applications", "practices", "cities", "reports"):
        assert '<p class="flush"><a href="/en/desk/">My desk</a></p>' in text(at("secretariat").get(f"/en/desk/{queue}/")), queue


def test_the_admin_has_no_way_in_of_its_own(visitor, at, world):
    answer = visitor.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    assert visitor.post("/admin/login/", {"username": "secretariat@x.example", "password": "x"}).status_code == 302
    assert at("secretariat").get("/admin/login/?next=/admin/").status_code == 403


def test_only_states_that_a_city_can_come_to_are_offered():
    form = StateForm()
    form.offer_after("on_hold")
    assert [value for value, _name in form.fields["after"].widget.choices] == ["admitted", "excluded"]
    form.offer_after("admitted")
    assert [value for value, _name in form.fields["after"].widget.choices] == ["on_hold", "excluded"]
