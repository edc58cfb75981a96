"""Rooms: who is in them, what is said, and that nothing is said twice or lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from alliance import clock
from alliance.errors import Conflict, Forbidden, Invalid, Unknown
from alliance.ledger.models import Entry
from exchanges.actions import rooms
from exchanges.models import Message, Presence, Room
from exchanges.queries.rooms import in_room, message_rows, messages_in, room_rows, rooms_visible_to, unread_of
from members.actions import accounts, applications, cities, officials
from members.models import Official
from tests.permissions import world as worlds


@pytest.fixture
def world(db):
    return worlds.made()


def test_a_rooms_audience_says_who_is_in_it(world):
    a, b = world.people["official_a"], world.people["official_b"]
    for kind, who_sees in (("own", {"official_a"}), ("members", {"official_a", "official_b", "secretariat", "moderator"})):
        room = rooms.open_room("R", {"kind": kind}, actor=a)
        seen = {name for name, person in world.people.items() if rooms_visible_to(person).filter(pk=room.pk).exists()}
        assert seen == who_sees
        assert {person.pk for person in in_room(room)} == {world.people[name].pk for name in who_sees}
    named = rooms.open_room("R", {"kind": "room"}, actor=a)
    assert not rooms_visible_to(b).filter(pk=named.pk).exists()
    rooms.add_person(named.pk, email=b.email.upper(), actor=a)
    assert rooms_visible_to(b).filter(pk=named.pk).exists()
    rooms.remove_person(named.pk, b.pk, actor=a)
    assert not rooms_visible_to(b).filter(pk=named.pk).exists()


@pytest.mark.parametrize("who", ["official_a", "official_b"])
def test_who_is_in_a_room_by_mandate_stays_until_it_ends(world, who):
    """Also who opened it, and so was added by name as well."""
    person = world.people[who]
    before = Entry.objects.count()
    with pytest.raises(Forbidden) as refused:
        rooms.remove_person(world.room.pk, person.pk, actor=person)
    assert "by your mandate" in str(refused.value.reason)
    with pytest.raises(Forbidden):
        rooms.remove_person(world.room.pk, person.pk, actor=world.people["official_a"])
    assert in_room(world.room).filter(pk=person.pk).exists() and Entry.objects.count() == before
    assert Presence.objects.filter(room=world.room, added=True, left_at=None).count() == 1
    Official.objects.filter(user=person).update(ends_at=clock.now())
    assert not in_room(world.room).filter(pk=person.pk).exists()


def test_who_is_not_in_a_room_cannot_be_taken_out(world):
    a = world.people["official_a"]
    for stranger in (world.people["secretariat"].pk, 999_999):
        with pytest.raises(Conflict):
            rooms.remove_person(world.named.pk, stranger, actor=a)


def test_a_mandate_that_ended_a_minute_ago_hears_and_says_nothing(world):
    b = world.people["official_b"]
    assert rooms_visible_to(b).filter(pk=world.room.pk).exists()
    Official.objects.filter(user=b).update(ends_at=clock.now() - timedelta(minutes=1))
    before = Message.objects.count()
    with pytest.raises(Unknown):
        rooms.post(world.room.pk, "still here", nonce="x", actor=b)
    assert Message.objects.count() == before and not rooms_visible_to(b).exists()


def test_the_same_nonce_is_the_same_message(world):
    a = world.people["official_a"]
    first, new = rooms.post(world.room.pk, "One", nonce="same", actor=a)
    again, anew = rooms.post(world.room.pk, "Another text", nonce="same", actor=a)
    assert (new, anew, first.pk, again.text) == (True, False, again.pk, "One")
    after, _ = rooms.post(world.room.pk, "Two", nonce="next", actor=a)
    assert after.seq == first.seq + 1


def test_an_observer_and_a_city_on_hold_read_and_do_not_write(world):
    a = world.people["official_a"]
    observer = accounts.open_account("observer@x.example", label="O", language="en", actor=None)
    applications.seat(world.a, observer, "observer", actor=None)
    assert rooms_visible_to(observer).filter(pk=world.room.pk).exists()
    with pytest.raises(Forbidden):
        rooms.post(world.room.pk, "no", nonce="x", actor=observer)
    cities.change_state(world.a.pk, "on_hold", "recess", actor=world.people["secretariat"])
    with pytest.raises(Forbidden) as refused:
        rooms.post(world.room.pk, "no", nonce="y", actor=a)
    assert "on hold" in str(refused.value.reason)
    assert messages_in(world.room.pk) == list(Message.objects.filter(room=world.room))


def test_messages_are_asked_for_by_their_places(world):
    a = world.people["official_a"]
    for number in range(6):
        rooms.post(world.room.pk, f"m{number}", nonce=f"place{number}", actor=a)
    last = Message.objects.filter(room=world.room).count()

    def places(**asked):
        return [message.seq for message in messages_in(world.room.pk, **asked)]

    assert places(most=2) == [last - 1, last] and places(before=last, most=2) == [last - 2, last - 1]
    assert places(after=1, most=2) == [2, 3] and places(after=last) == places(before=1) == []
    assert places(after=1, before=4) == [2, 3] and places(after=2, before=last, most=1) == [3] and places(after=4, before=4) == []


def test_a_closed_room_is_read_and_not_written(world):
    a, b = world.people["official_a"], world.people["official_b"]
    with pytest.raises(Forbidden):
        rooms.close(world.room.pk, actor=b)
    rooms.close(world.room.pk, actor=a)
    with pytest.raises(Conflict):
        rooms.close(world.room.pk, actor=a)
    with pytest.raises(Forbidden):
        rooms.post(world.room.pk, "late", nonce="x", actor=a)
    assert Room.objects.get(pk=world.room.pk).last_seq == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "a\x00b"])
def test_what_cannot_be_said_takes_no_number(world, text):
    with pytest.raises(Invalid):
        rooms.post(world.room.pk, text, nonce="x", actor=world.people["official_a"])
    room = Room.objects.get(pk=world.room.pk)
    assert room.last_seq == Message.objects.filter(room=room).count() == 1


def test_edits_are_recorded_and_removals_keep_their_number(world):
    a, b = world.people["official_a"], world.people["official_b"]
    with pytest.raises(Forbidden):
        rooms.edit(world.room.pk, 1, "mine now", actor=b)
    rooms.edit(world.room.pk, 1, "Hello all", actor=a)
    assert Entry.objects.filter(name="message.edited").get().facts["before"] == "Hello"
    rooms.remove(world.room.pk, 1, actor=a)
    with pytest.raises(Conflict):
        rooms.remove(world.room.pk, 1, actor=a)
    with pytest.raises(Conflict):
        rooms.react(world.room.pk, 1, "👍", on=True, actor=b)
    row = message_rows(messages_in(world.room.pk))[0]
    assert (row["seq"], row["removed"], row["text"], row["reactions"]) == (1, True, "", [])


def test_reactions_are_counted_once(world):
    a, b = world.people["official_a"], world.people["official_b"]
    for _ in range(2):
        rooms.react(world.room.pk, 1, "👍", on=True, actor=a)
    rooms.react(world.room.pk, 1, "👍", on=True, actor=b)
    with pytest.raises(Invalid):
        rooms.react(world.room.pk, 1, "💣", on=True, actor=a)
    assert message_rows(messages_in(world.room.pk))[0]["reactions"] == [{"sign": "👍", "count": 2, "people": [a.pk, b.pk]}]
    rooms.react(world.room.pk, 1, "👍", on=False, actor=a)
    assert message_rows(messages_in(world.room.pk))[0]["reactions"][0]["people"] == [b.pk]


def test_read_marks_never_go_back_nor_beyond_the_end(world):
    b = world.people["official_b"]
    assert unread_of(b) == 1
    assert rooms.mark_read(world.room.pk, 10**9, actor=b) == 1
    assert rooms.mark_read(world.room.pk, 0, actor=b) == 1
    assert Presence.objects.get(room=world.room, person=b).read_seq == 1
    assert unread_of(b) == 0 and room_rows(rooms_visible_to(b), b, "en")[0]["unread"] == 0


def test_a_last_coordinator_stays_until_another_comes(world):
    a = world.people["official_a"]
    mandate = Official.objects.get(user=a, role="coordinator")
    with pytest.raises(Conflict):
        officials.end(mandate.pk, actor=a)
    assert Official.objects.get(pk=mandate.pk).ends_at is None


@pytest.mark.django_db(transaction=True)
def test_fifty_posters_leave_no_gap_and_no_double():
    world = worlds.made()
    a, b = world.people["official_a"], world.people["official_b"]

    def say(number: int) -> None:
        try:
            for _again in range(2):  # every client repeats itself, as after a lost answer
                rooms.post(world.room.pk, f"no. {number}", nonce=f"n{number}", actor=a if number % 2 else b)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(say, range(50)))
    said = list(Message.objects.filter(room=world.room).order_by("seq").values_list("seq", "nonce"))
    assert [seq for seq, _nonce in said] == list(range(1, 52))
    assert len({nonce for _seq, nonce in said}) == 51
    assert Room.objects.get(pk=world.room.pk).last_seq == 51
