"""Three server processes of one network behave as one; without Redis a second one does not begin."""

import json
import subprocess
import sys
import time

import pytest
from websockets.sync.client import connect

from .conftest import founded
from .house import ROOT
from .street import Street
from .test_api import Program, admitted, eventually

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def street(tmp_path):
    yield from founded(Street(tmp_path))


class Ear:
    """A client of one of the processes; what it hears is kept."""

    def __init__(self, street: Street, port: int, who: Program, room: int):
        ticket = who.post("tickets/")["ticket"]
        self.socket = connect(f"ws://localhost:{port}/ws/?ticket={ticket}", origin=street.url, open_timeout=10)
        self.socket.send(json.dumps({"watch": [room]}))
        self.frames: list[dict] = []

    def hear(self, seconds: float = 0.1) -> list[dict]:
        try:
            while True:
                self.frames.append(json.loads(self.socket.recv(seconds)))
        except TimeoutError:
            return self.frames

    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.hear() if frame["event"] == "message.posted"]

    def present(self) -> list[int]:
        told = [frame["data"]["people"] for frame in self.hear() if frame["event"] == "person.present"]
        return told[-1] if told else []


@pytest.mark.service("REDIS_URL")
def test_three_processes_are_one(street):
    secretariat = Program(street, "secretariat@network.example")
    place = Program(street).get("places/", q="Tunis")["results"][0]["id"]
    city = admitted(street, secretariat, place, "office@tn.example", "en")
    office = Program(street, "office@tn.example")
    office.post("officials/", {"city": city, "email": "other@tn.example", "role": "contributor", "language": "en"})
    Program(street).post("officials/accept/", {"code": street.code("other@tn.example")}, expect=200)
    people = [office, Program(street, "other@tn.example"), office]
    room = office.post("rooms/", {"title": "Shade", "audience": {"kind": "cities", "cities": [city]}})["id"]
    ears = [Ear(street, port, who, room) for port, who in zip(street.ports, people, strict=True)]
    assert eventually(lambda: all(len(ear.present()) == 2 for ear in ears)), "who is in it is told over all processes"

    # Each process takes messages; each ear hears them all, in one order.
    def post(port: int, number: int) -> None:
        answer = office.http.post(
            f"http://localhost:{port}/api/v1/rooms/{room}/messages/", json={"text": f"Word {number}", "nonce": f"n{number}"}
        )
        assert answer.status_code == 201, answer.text

    for number in range(1, 13):
        post(street.ports[number % 3], number)
    assert eventually(lambda: all(ear.seqs() == list(range(1, 13)) for ear in ears)), [ear.seqs() for ear in ears]

    # A right that is lost in one process is lost in all, within two seconds.
    other = next(row for row in office.get("officials/", city=city)["results"] if row["email"] == "other@tn.example")
    office.http.post(f"http://localhost:{street.ports[0]}/api/v1/officials/{other['id']}/end/", json={})
    ended = time.monotonic()
    assert eventually(lambda: any(frame["event"] == "room.left" for frame in ears[1].hear()), 5)
    assert time.monotonic() - ended < 3

    # One that is killed takes nobody with it.
    street.kill_one(f"server {street.ports[0]}")
    post(street.ports[1], 13)
    assert eventually(lambda: ears[2].seqs()[-1] == 13)
    assert office.get(f"rooms/{room}/messages/", after=12)["results"][0]["text"] == "Word 13", "nginx passes the dead one over"


def test_without_redis_a_second_process_does_not_begin(house):
    environment = {**house.environment, "REDIS_URL": "", "PORT": str(house.port + 1)}
    if house.environment.get("REDIS_URL"):
        house.stop()
        house.environment["REDIS_URL"] = ""
        house.start()
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", "0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0 and "REDIS_URL" in done.stderr and "Traceback" not in done.stderr
