"""The rooms of the site: what is offered is what can be done."""

from exchanges.queries.rooms import rooms_visible_to

from .conftest import text

LEAVE = "Leave this room"


def test_leaving_is_offered_where_it_works(world, at):
    page = f"/en/rooms/{world.named.pk}/"
    browser = at("official_b")
    assert LEAVE in text(browser.get(f"{page}people/"))
    answer = browser.post(f"{page}leave/", follow=True)
    assert "You have left the room." in text(answer) and browser.get(page).status_code == 404


def test_who_is_in_a_room_by_mandate_is_told_why_they_stay(world, at):
    page = f"/en/rooms/{world.room.pk}/"
    for name in ("official_a", "official_b"):
        browser = at(name)
        shown = text(browser.get(f"{page}people/"))
        assert LEAVE not in shown and "You are in this room by your mandate" in shown
        answer = browser.post(f"{page}leave/")
        assert answer.status_code == 403 and "ask whoever opened the room to close it" in text(answer)
        assert rooms_visible_to(world.people[name]).filter(pk=world.room.pk).exists()


def test_what_one_answers_is_said_by_the_field_and_can_be_taken_back(world, at):
    page = f"/en/rooms/{world.room.pk}/"
    browser = at("official_b")
    plain, asked = browser.get(page), browser.get(f"{page}?reply_to=1")
    assert 'id="answering" hidden>' in text(plain)
    assert 'id="answering">' in text(asked) and "in answer to no. 1</span>" in text(asked)
    assert f'<a href="{page}#say">Do not answer this message</a>' in text(asked)
    assert '<input type="hidden" name="reply_to" value="1"' in text(asked)
    browser.post(page, {"text": "An answer", "nonce": "answer", "reply_to": "1"})
    assert text(browser.get(page)).count('href="#m1"') == 1
    for nonsense in ("x", "٣", "-1", "9" * 40):
        assert 'id="answering" hidden>' in text(browser.get(page, {"reply_to": nonsense}))


def test_a_line_that_comes_in_brings_what_the_others_offer(world, at):
    shown = text(at("official_b").get(f"/en/rooms/{world.room.pk}/"))
    blank = shown[shown.index('<template id="message">') : shown.index("</template>")]
    for address in (
        f"/en/rooms/{world.room.pk}/messages/0/",
        "/en/report/message/0/",
        f"/en/rooms/{world.room.pk}/?reply_to=0#say",
    ):
        assert f'href="{address}"' in blank
    assert blank.count(f'action="/en/rooms/{world.room.pk}/messages/0/react/"') == 6
