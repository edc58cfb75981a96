"""The bus between processes, on a real Redis: what it carries, and what becomes of it while Redis rests."""

import asyncio
import json
import os
import time

import pytest
import redis

from alliance.live.frames import framed, text_of, written
from alliance.live.pubsub import RedisBus
from tests.proxy import Proxy

pytestmark = pytest.mark.service("REDIS_URL")


class Ear:
    """A listener that keeps what it hears."""

    def __init__(self):
        self.closed, self.frames = False, []

    def hear(self, data, frames=()):
        self.frames += frames or [data]

    def end(self, code):
        self.closed = True

    def events(self):
        return [json.loads(text_of(frame))["event"] for frame in self.frames]


async def until(probe, seconds=10.0):
    end = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < end, "it did not come to that"
        await asyncio.sleep(0.02)


class Buses:
    def __init__(self):
        self.made, self.name = [], f"test-{os.getpid()}-{time.monotonic_ns()}"

    def process(self, url="", obey=lambda *_: None) -> RedisBus:
        """A bus as another process would have it: with a hub and connections of its own."""
        bus = RedisBus(url or os.environ["REDIS_URL"], self.name)
        bus.start(asyncio.get_running_loop(), obey)
        self.made.append(bus)
        return bus


@pytest.fixture
async def buses():
    made = Buses()
    yield made
    for bus in made.made:
        bus._listening.cancel()
        bus._sender.close()


async def heard_by(bus, group="room.7") -> Ear:
    ear = Ear()
    await bus.join(group, ear)
    return ear


async def test_what_one_process_says_all_hear_as_the_same_bytes_in_one_order(buses):
    one, other = buses.process(), buses.process()
    ears = [await heard_by(bus) for bus in (one, other)]
    for number in range(60):
        (one if number % 2 else other).publish("room.7", b'{"event": "e", "data": %d}' % number)
    await until(lambda: all(len(ear.frames) == 60 for ear in ears))
    assert ears[0].frames == ears[1].frames
    assert sorted(ears[0].frames) == sorted(framed(b'{"event": "e", "data": %d}' % number) for number in range(60))


async def test_a_process_subscribes_once_to_a_room_and_only_while_somebody_listens(buses):
    one, other = buses.process(), buses.process()
    ears = [await heard_by(bus) for bus in (one, one, one, other)]
    asked = redis.Redis.from_url(os.environ["REDIS_URL"])
    channel = f"{one._prefix}room.7"

    def subscribed() -> int:
        return asked.pubsub_numsub(channel)[0][1]

    await until(lambda: subscribed() == 2)
    for ear in ears[:2]:
        one.leave_all(ear)
    await asyncio.sleep(0.2)
    assert subscribed() == 2
    one.leave_all(ears[2])
    await until(lambda: subscribed() == 1)
    asked.close()


async def test_who_hears_nothing_of_a_room_gets_nothing(buses):
    one, other = buses.process(), buses.process()
    near, far = await heard_by(one, "room.7"), await heard_by(other, "room.8")
    one.publish("room.7", b'{"event": "e"}')
    await until(lambda: near.frames)
    await asyncio.sleep(0.2)
    assert not far.frames


async def test_two_networks_on_one_server_do_not_hear_each_other(buses):
    here = buses.process()
    there = buses.process(os.environ["REDIS_URL"].rsplit("/", 1)[0] + "/9")
    ears = [await heard_by(bus) for bus in (here, there)]
    here.publish("room.7", b'{"event": "e"}')
    await until(lambda: ears[0].frames)
    await asyncio.sleep(0.2)
    assert not ears[1].frames


async def test_orders_reach_every_process(buses):
    given = []
    one, _other = buses.process(), buses.process(obey=lambda *order: given.append(order))
    await heard_by(one)
    await until(lambda: one.state() == "ok")
    end = time.monotonic() + 5
    while not given and time.monotonic() < end:
        one.order("close", "person.3", 4401)
        await asyncio.sleep(0.1)
    assert given[0] == ("close", "person.3", 4401)


@pytest.mark.parametrize("trouble", ["frozen", "cut"])
async def test_while_redis_rests_nobody_waits_and_afterwards_everybody_is_told_to_catch_up(buses, trouble):
    door = Proxy(os.environ["REDIS_URL"])
    one, other = buses.process(door.url), buses.process()
    near, far = await heard_by(one), await heard_by(other)
    try:
        door.freeze()
        if trouble == "cut":
            door.cut()
        began = time.monotonic()
        for number in range(100):
            one.publish("room.7", b'{"event": "e", "data": %d}' % number)
        assert time.monotonic() - began < 0.5, "whoever posts does not wait for Redis"
        await until(lambda: one.state() == "degraded" and "live.resting" in near.events())
        # The sockets of the same process hear each other meanwhile.
        before = len(near.frames)
        one.publish("room.7", b'{"event": "near"}')
        await until(lambda: "near" in near.events()[before:])
    finally:
        door.thaw()
    await until(lambda: one.state() == "ok", 15)
    await until(lambda: near.events()[-1] == "hello" or "hello" in near.events(), 5)
    end = time.monotonic() + 10
    while "again" not in far.events() and time.monotonic() < end:
        one.publish("room.7", b'{"event": "again"}')
        await asyncio.sleep(0.2)
    assert "again" in far.events() and "again" in near.events()
    door.close()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis://:wrong@{host}/0"])
async def test_a_redis_that_does_not_take_us_is_told_by_the_name_of_its_variable(buses, caplog, url):
    host = os.environ["REDIS_URL"].split("://")[1].split("/")[0]
    bus = buses.process(url.format(host=host))
    ear = await heard_by(bus)
    await until(lambda: bus.state() == "degraded")
    assert "REDIS_URL" in caplog.text and "Traceback" not in caplog.text
    bus.publish("room.7", written("e", {}))
    await until(lambda: "e" in ear.events())
