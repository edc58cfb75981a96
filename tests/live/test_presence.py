"""Who is there and who is writing: told seldom, and never wrong for long."""

import asyncio
import json
import time

import pytest

from alliance.live import presence as rules
from alliance.live.bus import InProcessBus
from alliance.live.frames import text_of
from alliance.live.presence import Presence


class Ear:
    closed = False

    def __init__(self):
        self.heard: list[dict] = []

    def hear(self, data, frames=()):
        self.heard += [json.loads(text_of(frame)) for frame in frames or [data]]

    def of(self, event: str) -> list[dict]:
        return [frame["data"] for frame in self.heard if frame["event"] == event]


@pytest.fixture
async def room(monkeypatch):
    """(presence, a listener of room 1); what is told once a second elsewhere is told after a moment here."""
    monkeypatch.setattr(rules, "EVERY", 0.05)
    bus, ear = InProcessBus(), Ear()
    presence = Presence(bus)
    bus.start(asyncio.get_running_loop(), lambda _order, group, *facts: presence.heard(int(group[5:]), *facts))
    await bus.join("room.1", ear)
    return presence, ear


async def eventually(probe):
    end = time.monotonic() + 30
    while not probe():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


async def test_a_person_with_two_sockets_is_there_until_both_have_gone(room):
    presence, ear = room
    presence.came(1, 7)
    presence.came(1, 7)
    await eventually(lambda: ear.of("person.present")[-1:] == [{"people": [7]}])
    presence.went(1, 7)
    await asyncio.sleep(0.2)
    assert presence.people(1) == [7]
    presence.went(1, 7)
    await eventually(lambda: ear.of("person.present")[-1] == {"people": []})
    presence.went(1, 7)
    presence.went(2, 7)
    assert presence.people(1) == presence.people(2) == []


async def test_many_who_come_at_once_are_told_in_a_few_frames(room):
    presence, ear = room
    for person in range(300):
        presence.came(1, person)
    await eventually(lambda: ear.of("person.present")[-1:] == [{"people": list(range(300))}])
    assert len(ear.of("person.present")) <= 3


async def test_writing_is_told_once_for_all_and_names_only_so_many(room):
    presence, ear = room
    for person in range(100):
        for _ in range(10):
            presence.wrote(1, person)
    await eventually(lambda: ear.of("person.typing"))
    await asyncio.sleep(0.2)
    assert ear.of("person.typing") == [{"people": list(range(rules.TYPISTS_MOST))}]


async def test_a_process_that_fell_silent_is_forgotten_and_one_that_repeats_itself_is_not(room, monkeypatch):
    presence, ear = room
    presence.came(1, 7)
    presence.heard(1, "another process", [8])
    presence.heard(2, "another process", [8])
    await eventually(lambda: ear.of("person.present")[-1:] == [{"people": [7, 8]}])
    presence.refresh()
    assert presence.people(1) == [7, 8], "it spoke a moment ago"
    monkeypatch.setattr(rules, "FORGOTTEN", 0.3)
    await asyncio.sleep(0.2)
    presence.refresh()
    await asyncio.sleep(0.2)
    presence.refresh()
    await eventually(lambda: ear.of("person.present")[-1] == {"people": [7]})
    assert presence.people(1) == [7] and presence.people(2) == []


async def test_whoever_is_new_is_answered_once(room):
    presence, _ear = room
    said = []
    presence._bus._obey = lambda *order: said.append(order)
    presence.came(1, 7)
    await eventually(lambda: len(said) == 1)
    for _ in range(5):
        presence.heard(1, "another process", [8])
    await eventually(lambda: len(said) == 2)
    await asyncio.sleep(0.2)
    assert said == [("present", "room.1", presence._process, [7])] * 2
