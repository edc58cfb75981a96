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
