"""Three server processes behave as one; without Redis there is only ever one."""

import json
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from .conftest import founded
from .house import ROOT, House, free_port
from .street import Street
from .test_api import Program, admitted, eventually

PLACES = ("Porto", "Dakar", "Tunis")


@pytest.fixture
def street(tmp_path):
    yield from founded(Street(tmp_path))


class Ear:
    """A socket of one person at one of the servers; keeps what it has read."""

    def __init__(self, program: Program, port: int):
        ticket = program.post("tickets/")["ticket"]
        self.socket = connect(f"ws://localhost:{port}/ws/?ticket={ticket}", open_timeout=60)
        self.frames: list[dict] = []
        assert self.next("hello")

    def __enter__(self) -> "Ear":
        return self

    def __exit__(self, *_error) -> None:
        self.socket.close()

    def watch(self, room: int) -> None:
        self.socket.send(json.dumps({"watch": [room]}))
        assert self.next("person.present")

    def next(self, *events: str, seconds: float = 30, such=lambda frame: True) -> dict:
        """The next frame of one of these kinds."""
        end = time.monotonic() + seconds
        while True:
            self.frames.append(json.loads(self.socket.recv(max(end - time.monotonic(), 0.01))))
            if self.frames[-1]["event"] in events and such(self.frames[-1]):
                return self.frames[-1]

    def said(self) -> list[int]:
        return [frame["seq"] for frame in self.frames if frame["event"] == "message.posted"]

    def hear(self, *seqs: int) -> None:
        """Read until all of these have come, in whichever order: what several servers say at once has only Redis' own."""
        while not set(seqs) <= set(self.said()):
            self.next("message.posted")


def at(program: Program, port: int) -> Program:
    """The same person, at one server instead of nginx."""
    there = Program.__new__(Program)
    there.http = type(program.http)(base_url=f"http://localhost:{port}/api/v1/", headers=dict(program.http.headers), timeout=60)
    return there


@pytest.mark.service("REDIS_URL")
def test_three_servers_are_one(street):
    secretariat, visitor = Program(street, "secretariat@network.example"), Program(street)
    slugs, people = [], []
    for name in PLACES:
        place = visitor.get("places/", q=name)["results"][0]["id"]
        slugs.append(admitted(street, secretariat, place, f"office@{name.lower()}.example", "en"))
        people.append(Program(street, f"office@{name.lower()}.example"))
    room = people[0].post("rooms/", {"title": "Water", "audience": {"kind": "cities", "cities": slugs}})["id"]
    ids = sorted(person.get("me/")["person"]["id"] for person in people)
    address = f"rooms/{room}/messages/"
    servers = [at(person, port) for person, port in zip(people, street.ports, strict=True)]

    with ExitStack() as open_:
        ears = [open_.enter_context(Ear(person, port)) for person, port in zip(people, street.ports, strict=True)]
        for ear in ears:
            ear.watch(room)
        # Whoever is asked says the same of who is there: everybody, wherever they are connected.
        for ear in ears:
            if ear.frames[-1]["data"]["people"] != ids:
                ear.next("person.present", such=lambda frame: frame["data"]["people"] == ids)

        # A message posted at each server reaches all, in one order.
        for round_ in range(5):
            for number, server in enumerate(servers):
                server.post(address, {"text": f"{round_} at {number}", "nonce": f"{round_}-{number}"})
        for ear in ears:
            ear.hear(*range(1, 16))
        assert [sorted(ear.said()) for ear in ears] == [list(range(1, 16))] * 3
        text = [[frame["data"]["text"] for frame in ear.frames if frame["event"] == "message.posted"] for ear in ears]
        assert text[0] == text[1] == text[2]

        # A right that was lost at one server closes the ear at another within two seconds.
        named = servers[0].post("rooms/", {"title": "Named", "audience": {"kind": "room"}})["id"]
        servers[0].post(f"rooms/{named}/people/", {"email": "office@dakar.example"})
        ears[1].watch(named)
        dakar = people[1].get("me/")["person"]["id"]
        gone = servers[0].http.request("DELETE", f"rooms/{named}/people/", json={"person": dakar})
        begun = time.monotonic()
        assert gone.status_code == 204
        assert ears[1].next("room.left", seconds=5)["room"] == named
        assert time.monotonic() - begun < 2
        servers[0].post(f"rooms/{named}/messages/", {"text": "after", "nonce": "after"})

        # One of them dies; the others notice nothing.
        street.kill_one(f"server {street.ports[1]}")
        with pytest.raises((ConnectionClosed, OSError)):
            ears[1].next("never")
        assert not [frame for frame in ears[1].frames if frame.get("room") == named and frame["event"] == "message.posted"]
        for number in (0, 2):
            servers[number].post(address, {"text": f"still at {number}", "nonce": f"still-{number}"})
        for ear in (ears[0], ears[2]):
            ear.hear(16, 17)
            assert sorted(ear.said()) == list(range(1, 18))

        # Whoever was there goes to another, and catches up by seq.
        with Ear(people[1], street.ports[2]) as again:
            again.watch(room)
            missed = people[1].get(address, after=15)["results"]
            assert [message["seq"] for message in missed] == [16, 17]
            servers[0].post(address, {"text": "together again", "nonce": "again"})
            for ear in (ears[0], ears[2], again):
                assert ear.next("message.posted")["seq"] == 18
    assert eventually(lambda: visitor.http.get(f"{street.url}/readyz").json()["parts"]["live"] == "ok")
    assert "Traceback" not in street.log.read_text()


def test_without_redis_a_second_server_refuses_to_start(tmp_path):
    house = House(tmp_path, REDIS_URL="")
    house.manage("migrate", "-v0")
    house.start()
    try:
        second = subprocess.run(
            [sys.executable, "manage.py", "serve", "--no-worker", "--port", str(free_port())],
            cwd=ROOT, env=house.environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert second.returncode == 1 and "Traceback" not in second.stderr
        assert "Another server process already serves this network" in second.stderr and "REDIS_URL" in second.stderr
        assert Program(house).http.get(f"{house.url}/livez").status_code == 200
    finally:
        house.stop()
    house.start()  # the place is free again
    house.kill()
    house.start()  # also after a power cut
    house.stop()


@pytest.mark.parametrize("url", ["http://127.0.0.1:6379/0", "redis://127.0.0.1:port/0", "redis://no-such-host.invalid:6379/0"])
def test_a_mistyped_redis_url_stops_nothing(tmp_path, url):
    house = House(tmp_path, REDIS_URL=url)
    house.manage("migrate", "-v0")
    house.manage("found", "--name", "Alliance", "--email", "secretariat@network.example")
    house.start()
    try:
        secretariat = Program(house, "secretariat@network.example")
        assert eventually(lambda: secretariat.http.get(f"{house.url}/readyz").json()["parts"]["live"] == "degraded")
        with Ear(secretariat, house.port) as ear:
            assert ear.next("live.resting")
    finally:
        house.stop()
    log = house.log.read_text()
    assert "REDIS_URL" in log and "Traceback" not in log, log
