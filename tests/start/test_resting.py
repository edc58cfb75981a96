"""The database freezes or dies while people read: every page answers in time, with a sentence, and all is well afterwards."""

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.databases import fresh_database
from tests.journeys.house import House
from tests.proxy import Proxy

pytestmark = pytest.mark.service("DATABASE_URL")

IN_TIME = 2.0  # seconds


class Reader:
    """Asks on a connection of its own each time, and keeps how long it took."""

    def __init__(self, port: int):
        self.port = port
        self.longest = 0.0

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str):
        begun = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        answer.text = answer.read().decode()
        line.close()
        self.longest = max(self.longest, time.monotonic() - begun)
        return answer


@pytest.fixture
def network(tmp_path):
    """A served network whose database is behind a door that can be frozen."""
    url = fresh_database()
    House(tmp_path, DATABASE_URL=url).manage("migrate", "-v0")
    door = Proxy.before(url)
    house = House(tmp_path, DATABASE_URL=door.url)
    house.manage("found", "--name", "Alliance", "--email", "secretariat@network.example")
    house.token = house.manage("issue_token", "secretariat@network.example")
    house.door = door
    house.start()
    yield house
    door.thaw()
    house.stop()
    door.close()


def _crowd(network):
    """Three times as many as there are threads ask at once: what they are told, and how long it took at most.

    While all is well, that is what this machine takes for so many, and no wait for the database.
    """
    crowd = [Reader(network.port) for _person in range(12)]
    with ThreadPoolExecutor(len(crowd)) as together:
        told = together.map(lambda one: one.ask("/api/v1/me/", authorization=f"Bearer {network.token}").status, crowd)
    return set(told), max(one.longest for one in crowd)


def _well(reader, token, within=30.0):
    """The house answers as on any day, within a few seconds."""
    end = time.monotonic() + within
    while (answer := reader.ask("/api/v1/me/", authorization=f"Bearer {token}")).status != 200:
        assert answer.status == 503 and time.monotonic() < end, answer.status
        time.sleep(0.1)
    assert reader.ask("/en/cities/").status == 200
    assert json.loads(reader.ask("/readyz").text)["parts"]["database"] == "ok"


def _rests(reader, token):
    """What is told to each while the database rests, and that it is told in time."""
    problem = reader.ask("/api/v1/me/?lang=fr", authorization=f"Bearer {token}", accept_language="it")
    assert problem.status == 503 and problem.getheader("Content-Type") == "application/problem+json"
    told = json.loads(problem.text)
    assert told["status"] == 503 and told["resting"] == "database" and told["detail"].endswith(".")
    assert told["detail"].startswith("La base de données") and problem.getheader("Retry-After")
    page = reader.ask("/ar/search/?q=anything")
    assert page.status == 503 and 'lang="ar"' in page.text and 'dir="rtl"' in page.text and "<h1>" in page.text
    sent = reader.ask("/en/apply/", "POST", "place=1", content_type="application/x-www-form-urlencoded")
    assert sent.status == 503
    known = reader.ask("/fr/charter/")
    assert known.status == 200  # it was read before: the page cache knows it
    assert reader.ask("/livez").status == 200 and reader.ask("/static/css/site.css").status == 200
    ready = reader.ask("/readyz")
    assert ready.status == 503 and json.loads(ready.text)["parts"]["database"] == "down"
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
    }
    socket = reader.ask("/ws/?ticket=known", **handshake)
    assert socket.status == 503
    for answer in (problem, page, sent, ready, socket):
        assert "Traceback" not in answer.text and "psycopg" not in answer.text and "127.0.0.1" not in answer.text


def test_a_frozen_database_is_answered_for_in_time(network):
    reader = Reader(network.port)
    _well(reader, network.token)
    assert reader.ask("/fr/charter/").status == 200
    statuses, busy = _crowd(network)
    assert statuses == {200}
    network.door.freeze()
    statuses, longest = _crowd(network)
    assert statuses == {503}
    assert longest - busy < IN_TIME
    reader.longest = 0.0
    _rests(reader, network.token)
    assert reader.longest - busy < IN_TIME
    network.door.thaw()
    _well(reader, network.token)
    said = network.log.read_text()
    assert "Traceback" not in said, said[-3000:]


def test_a_killed_database_is_answered_for_in_time(network):
    reader = Reader(network.port)
    _well(reader, network.token)
    assert reader.ask("/fr/charter/").status == 200
    _statuses, busy = _crowd(network)
    network.door.freeze()  # no new connection comes through,
    network.door.drop()  # and those that there are break
    time.sleep(0.2)
    reader.longest = 0.0
    _rests(reader, network.token)
    assert reader.longest - busy < IN_TIME
    network.door.thaw()
    _well(reader, network.token)


def test_a_slow_database_is_waited_for(network):
    """Longer than a frozen one would be: somebody holds a row, and lets it go."""
    import psycopg

    body = json.dumps({"label": "House", "language": "fr"})
    reader = Reader(network.port)
    _well(reader, network.token)
    with psycopg.connect(network.environment["DATABASE_URL"]) as other:
        other.execute("UPDATE members_user SET label = 'held'")
        letting_go = threading.Timer(2.5, other.commit)
        letting_go.start()
        begun = time.monotonic()
        answer = reader.ask(
            "/api/v1/me/", "PATCH", body, authorization=f"Bearer {network.token}", content_type="application/json"
        )
        letting_go.join()
    assert answer.status == 200 and time.monotonic() - begun > 2.0
