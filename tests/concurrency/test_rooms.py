"""Fifty people speak at once: every word has a number of its own, and no number is missing."""

from collections import Counter

import pytest

from exchanges.actions import rooms
from exchanges.models import Message, Reaction, Room

from .together import kinds, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(world):
    return rooms.open_room("All", {"kind": "members"}, actor=world.people["official_a"])


def test_fifty_posters_in_one_room(world, room):
    people = [world.people["official_a"], world.people["official_b"]]
    outcomes = together(
        *(
            lambda number=number: rooms.post(room.pk, f"Word {number}", nonce=f"n-{number}", actor=people[number % 2])
            for number in range(50)
        )
    )
    assert kinds(outcomes) == {"done": 50}
    assert sorted(message.seq for message, _new in outcomes) == list(range(1, 51))
    assert list(Message.objects.filter(room=room).order_by("seq").values_list("seq", flat=True)) == list(range(1, 51))
    assert Message.objects.filter(room=room).values("text").distinct().count() == 50
    assert Room.objects.get(pk=room.pk).last_seq == 50


def test_the_same_nonce_from_many_threads_is_one_message(world, room):
    who = world.people["official_a"]
    rooms.post(room.pk, "Before", nonce="first", actor=who)
    outcomes = together(*(lambda: rooms.post(room.pk, "Once", nonce="same", actor=who) for _try in range(12)))
    assert kinds(outcomes) == {"done": 12}
    assert len({message.pk for message, _new in outcomes}) == 1 and Counter(new for _message, new in outcomes) == {
        True: 1,
        False: 11,
    }
    after, _new = rooms.post(room.pk, "After", nonce="last", actor=who)
    assert after.seq == 3 and Room.objects.get(pk=room.pk).last_seq == 3


def test_two_persons_may_use_the_same_nonce(world, room):
    people = [world.people["official_a"], world.people["official_b"]] * 4
    outcomes = together(*(lambda who=who: rooms.post(room.pk, "Mine", nonce="n", actor=who) for who in people))
    assert kinds(outcomes) == {"done": 8}
    assert sorted({message.seq for message, _new in outcomes}) == [1, 2]


def test_some_speak_while_the_room_is_closed(world, room):
    a, b = world.people["official_a"], world.people["official_b"]
    outcomes = together(
        lambda: rooms.close(room.pk, actor=a),
        *(lambda number=number: rooms.post(room.pk, "Word", nonce=f"n-{number}", actor=b) for number in range(20)),
    )
    said = kinds(outcomes[1:])
    assert set(said) <= {"done", "Forbidden"}
    seqs = list(Message.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, said.get("done", 0) + 1)) and Room.objects.get(pk=room.pk).last_seq == len(seqs)


def test_the_same_reaction_at_once_is_one(world, room):
    a = world.people["official_a"]
    message, _new = rooms.post(room.pk, "Word", nonce="n", actor=a)
    outcomes = together(*(lambda: rooms.react(room.pk, message.seq, Reaction.SIGNS[0], on=True, actor=a) for _try in range(6)))
    assert kinds(outcomes) == {"done": 6}, outcomes
    assert Reaction.objects.filter(message=message).count() == 1
