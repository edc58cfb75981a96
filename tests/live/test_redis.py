"""The bus between processes, on a real Redis that freezes, goes and comes back."""

import asyncio
import json
import logging
import os
import socket
import threading
import time

import pytest
from redis import Redis

from alliance.live.address import PATIENCE, WrongAddress, client, prefix, why_it_rests
from alliance.live.frames import HELLO, RESTING, framed, text_of, written
from alliance.live.presence import Presence
from alliance.live.pubsub import RedisBus
from tests.proxy import Proxy

from .processes import Ear, Process

SERVER = os.environ.get("REDIS_URL", "")
needs_redis = pytest.mark.service("REDIS_URL")
hello, resting = text_of(HELLO), text_of(RESTING)


async def eventually(probe, seconds: float = 30):
    end = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)
    return found


class House:
    """One bus, as a server process has it, with one ear for each room; on the loop of the test."""

    def __init__(self, url: str):
        self.bus, self.ears, self.obeyed = RedisBus(url), {}, []
        self.bus.start(asyncio.get_running_loop(), lambda *order: self.obeyed.append(order))

    async def ear(self, *groups: str) -> Ear:
        ear = Ear()
        for group in groups:
            await self.bus.join(group, ear)
        return ear

    async def close(self) -> None:
        self.bus._listening.cancel()
        await asyncio.gather(self.bus._listening, return_exceptions=True)
        await asyncio.to_thread(self.bus._sender.close)


@pytest.fixture
async def houses():
    made = []

    def at(url: str = SERVER) -> House:
        made.append(House(url))
        return made[-1]

    yield at
    for house in made:
        await house.close()


@pytest.fixture
def redis():
    with client(SERVER) as known:
        yield known


@pytest.fixture
def proxy(redis):
    facts = redis.connection_pool.connection_kwargs
    with Proxy(facts.get("host", "127.0.0.1"), facts.get("port", 6379)) as proxy:
        proxy.url = f"redis://127.0.0.1:{proxy.port}/{facts.get('db', 0)}"
        yield proxy


def channels(redis: Redis, group: str) -> int:
    """How many processes subscribe to a group."""
    return redis.pubsub_numsub(prefix(SERVER) + group)[0][1]


@needs_redis
async def test_what_one_process_says_all_hear_and_the_payload_is_the_finished_frame(houses, redis):
    one, two = houses(), houses()
    first, second, elsewhere = await one.ear("room.1"), await two.ear("room.1"), await two.ear("room.2")
    wire = redis.pubsub()
    wire.subscribe(prefix(SERVER) + "room.1")
    assert wire.get_message(timeout=5)["type"] == "subscribe"
    payload = written("message.posted", {"text": "é سلام"}, room=1, seq=1)
    one.bus.publish("room.1", payload)
    await eventually(lambda: first.frames and second.frames)
    assert first.frames == second.frames == [framed(payload)] and elsewhere.frames == []
    assert (await asyncio.to_thread(wire.get_message, timeout=5))["data"] == framed(payload)
    wire.close()


@needs_redis
async def test_one_subscription_for_a_room_and_process(houses, redis):
    one, two = houses(), houses()
    ears = [await one.ear("room.31") for _ in range(5)]
    assert channels(redis, "room.31") == 1
    other = await two.ear("room.31")
    assert channels(redis, "room.31") == 2
    for ear in ears[:4]:
        one.bus.leave_all(ear)
    one.bus.publish("room.31", b"{}")
    await eventually(lambda: ears[4].frames and other.frames)
    assert channels(redis, "room.31") == 2 and not ears[0].frames
    one.bus.leave("room.31", ears[4])
    await eventually(lambda: channels(redis, "room.31") == 1)
    await one.bus.join("room.31", ears[4])
    assert channels(redis, "room.31") == 2
    two.bus.publish("room.31", b'"again"')
    await eventually(lambda: '"again"' in ears[4].texts())


@needs_redis
async def test_one_order_for_all_in_processes_of_their_own(houses):
    here = houses()
    ear = await here.ear("room.5")
    with Process(SERVER) as one, Process(SERVER) as two:
        for each in (one, two):
            each.ask("join", "room.5")
        for number in range(100):
            here.bus.publish("room.5", f'"here {number}"'.encode())
            one.ask("publish", ["room.5", f'"one {number}"'])
            two.ask("publish", ["room.5", f'"two {number}"'])
        await eventually(lambda: len(ear.frames) == 300)
        await eventually(lambda: len(one.ask("heard")) == len(two.ask("heard")) == 300)
        assert ear.texts() == one.ask("heard") == two.ask("heard")
        for name in ("here", "one", "two"):
            said = [text for text in ear.texts() if name in text]
            assert said == [f'"{name} {number}"' for number in range(100)]


@needs_redis
async def test_orders_reach_every_process(houses):
    here, there = houses(), houses()
    with Process(SERVER) as process:
        process.ask("join", "person.7")
        await there.ear("session.k", "person.1")
        await here.ear("person.1")
        here.bus.order("close", "session.k", 4401)
        process.ask("order", ["recheck", "person.7", 12])
        expected = {("close", "session.k", 4401), ("recheck", "person.7", 12)}
        for house in (here, there):
            await eventually(lambda house=house: set(house.obeyed) == expected)
        await eventually(lambda: {tuple(order) for order in process.ask("obeyed")} == expected)


@needs_redis
async def test_two_networks_on_one_server_do_not_hear_each_other(houses, settings, redis):
    ours = houses()
    key = settings.SECRET_KEY
    settings.SECRET_KEY = "another network"
    theirs = houses()
    settings.SECRET_KEY = key
    other_number = houses(f"{SERVER.rsplit('/', 1)[0]}/9")
    ears = [await house.ear("room.1", "person.1") for house in (ours, theirs, other_number)]
    for number, house in enumerate((ours, theirs, other_number)):
        house.bus.publish("room.1", b"%d" % number)
        house.bus.order("close", "person.1", number)
    for number, (house, ear) in enumerate(zip((ours, theirs, other_number), ears, strict=True)):
        await eventually(lambda house=house, ear=ear: house.obeyed and ear.frames)
        assert ear.texts() == [str(number)] and house.obeyed == [("close", "person.1", number)]


@needs_redis
async def test_who_comes_later_learns_at_once_who_is_there(houses):
    seen = []
    for person in (1, 2):
        house = houses()
        presence = Presence(house.bus)
        house.bus._obey = lambda order, group, *facts, presence=presence: presence.heard(int(group[5:]), *facts)
        await house.ear("room.4")
        presence.came(4, person)
        await eventually(lambda presence=presence, person=person: person in presence._viewed(4))
        seen.append(presence)
    for presence in seen:
        await eventually(lambda presence=presence: presence.people(4) == [1, 2])
    seen[1].went(4, 2)
    await eventually(lambda: seen[0].people(4) == [1])


@needs_redis
@pytest.mark.parametrize("trouble", ["freeze", "cut"])
async def test_while_redis_rests_nobody_waits_and_afterwards_everybody_is_told_to_catch_up(houses, proxy, trouble):
    through, direct = houses(proxy.url), houses()
    ear, other = await through.ear("room.1", "person.1"), await direct.ear("room.1")
    through.bus.publish("room.1", b'"before"')
    await eventually(lambda: ear.frames and other.frames)

    getattr(proxy, trouble)()
    begun = time.monotonic()
    for number in range(200):
        through.bus.publish("room.1", b"%d" % number)
        through.bus.order("recheck", "person.1")
    assert time.monotonic() - begun < PATIENCE, "who posts does not wait, not even once"
    await eventually(lambda: through.bus.state() == "degraded" and resting in ear.texts())
    await eventually(lambda: "199" in ear.texts())  # at least who is in the same process hears it
    assert through.obeyed and direct.bus.state() == "ok" and hello not in ear.texts()
    late = await through.ear("room.2")
    through.bus.publish("room.2", b'"meanwhile"')
    await eventually(lambda: '"meanwhile"' in late.texts())

    proxy.thaw() if trouble == "freeze" else proxy.restore()
    await eventually(lambda: through.bus.state() == "ok" and hello in ear.texts() and hello in late.texts())
    # The others did not hear what was said here meanwhile, and nothing told them: they catch up as well.
    await eventually(lambda: hello in other.texts())
    direct.bus.publish("room.2", b'"after"')
    through.bus.publish("room.1", b'"after"')
    await eventually(lambda: '"after"' in late.texts() and '"after"' in ear.texts() and '"after"' in other.texts())
    assert ear.texts().index(hello) < ear.texts().index('"after"') and ear.texts().count(resting) == 1


@needs_redis
async def test_a_rest_too_short_for_the_listeners_to_notice_is_caught_up_too(houses, proxy):
    through, direct = houses(proxy.url), houses()
    other = await direct.ear("room.1")
    await through.ear("room.1")
    proxy.freeze()
    through.bus.publish("room.1", b'"lost?"')
    await eventually(lambda: through.bus.state() == "degraded")
    proxy.thaw()
    await eventually(lambda: hello in other.texts())
    await eventually(lambda: through.bus.state() == "ok")


@needs_redis
async def test_lines_that_are_lost_are_drawn_again(houses, proxy):
    house = houses(proxy.url)
    ear = await house.ear("room.77")
    for round_ in range(1, 4):
        proxy.drop()
        await eventually(lambda round_=round_: ear.texts().count(hello) == round_)
        house.bus.publish("room.77", b"%d" % round_)
        await eventually(lambda round_=round_: str(round_) in ear.texts())
    assert house.bus.state() == "ok"


@needs_redis
async def test_what_is_no_word_of_ours_ends_nothing(houses, redis):
    house = houses()
    ear = await house.ear("room.1")
    for nonsense in (b"", b"{", b"[]", b'"x"', b"[1]", b'["present", "room.x", "p", []]', b"\xff"):
        redis.publish(prefix(SERVER) + "orders", nonsense)
    house.bus.publish("room.1", b'"after"')
    await eventually(lambda: '"after"' in ear.texts())
    assert house.bus.state() == "ok"


@needs_redis
async def test_a_command_says_its_word_before_it_ends(houses):
    ear = await houses().ear("room.1")
    sender = RedisBus(SERVER)
    sender.publish("room.1", b'"from a command"')
    await asyncio.to_thread(sender._sender.close)
    await eventually(lambda: '"from a command"' in ear.texts())


@needs_redis
async def test_a_wrong_password_is_a_sentence(houses, caplog):
    host = SERVER.split("://")[1].split("@")[-1]
    house = houses(f"redis://somebody:hush-hush@{host}")
    await refused_in_a_sentence(house, caplog, "REDIS_URL", "password")


_nobody = socket.socket()
_nobody.bind(("127.0.0.1", 0))  # held and never listened at: whoever knocks is refused, and nobody else gets this port


def nowhere() -> str:
    return f"redis://127.0.0.1:{_nobody.getsockname()[1]}/0"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:6379/0", "redis:/127.0.0.1:6379", "redis://127.0.0.1:99999/0", "redis://127.0.0.1:port/0", "redis://127.0.0.1/x",
     "redis://:hush-hush@[::1/0", "127.0.0.1:6379", "redis", "unix://", "redis://127.0.0.1?max_connections=x", "redis://127.0.0.1/?colour=red",
     "redis://no-such-host.invalid/0", f"redis://{'x' * 70}.example/0", "redis://./0", nowhere(), "rediss://127.0.0.1:1/0",
     "unix:///no/such/socket"],
)  # fmt: skip
async def test_an_address_that_cannot_be_meant_or_does_not_answer_is_a_sentence(houses, caplog, url):
    await refused_in_a_sentence(houses(url), caplog, "REDIS_URL")


async def refused_in_a_sentence(house: House, caplog, *words: str) -> None:
    """State, log and sockets say that live rests; who is in the same process hears all the same."""
    ear = await house.ear("room.1")
    await eventually(lambda: house.bus.state() == "degraded" and resting in ear.texts())
    begun = time.monotonic()
    house.bus.publish("room.1", b'"said"')
    assert time.monotonic() - begun < PATIENCE
    await eventually(lambda: '"said"' in ear.texts())
    said = [record for record in caplog.records if record.name == "alliance.live"]
    assert said and all(word in said[0].getMessage() for word in words)
    assert all(record.exc_info is None and record.levelno == logging.WARNING for record in said) and len(said) <= 2
    assert "hush-hush" not in caplog.text


def test_a_process_without_sockets_asks_whether_redis_answers():
    assert RedisBus("redis://127.0.0.1:99999/0").state() == "degraded"
    assert RedisBus(nowhere()).state() == "degraded"


@needs_redis
def test_a_process_without_sockets_finds_that_redis_answers():
    assert RedisBus(SERVER).state() == "ok"


def test_networks_are_told_apart_by_number_and_key(settings):
    names = {prefix("redis://127.0.0.1/0"), prefix("redis://127.0.0.1/1"), prefix("redis://127.0.0.1/?db=2")}
    settings.SECRET_KEY = "another"
    names |= {prefix("redis://127.0.0.1/0"), prefix("redis://127.0.0.1/1")}
    assert len(names) == 5
    assert prefix("redis://a.example/1") == prefix("redis://:secret@b.example:7000/1"), "however the same server is called"
    assert all(settings.SECRET_KEY not in name for name in names)


def test_the_options_of_a_url_do_not_change_how_we_speak():
    facts = client("redis://127.0.0.1/0?protocol=3&socket_timeout=90&decode_responses=1").connection_pool.connection_kwargs
    assert (facts["protocol"], facts["socket_timeout"], facts["decode_responses"]) == (2, 1.0, False)
    with pytest.raises(WrongAddress):
        client("https://127.0.0.1/0")
    assert "REDIS_URL" in why_it_rests(OSError())


@needs_redis
def test_many_threads_say_something_and_each_is_heard_in_its_order():
    async def heard():
        bus = RedisBus(SERVER)
        bus.start(asyncio.get_running_loop(), print)
        ear = Ear()
        await bus.join("room.8", ear)

        def say(name: int):
            for number in range(200):
                bus.publish("room.8", json.dumps([name, number]).encode())

        threads = [threading.Thread(target=say, args=[name]) for name in range(5)]
        for thread in threads:
            thread.start()
        await eventually(lambda: len(ear.frames) == 1000)
        bus._listening.cancel()
        await asyncio.to_thread(bus._sender.close)
        return [json.loads(text) for text in ear.texts()]

    said = asyncio.run(heard())
    for name in range(5):
        assert [number for who, number in said if who == name] == list(range(200))
