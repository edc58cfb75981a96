"""The socket as another program meets it: a real server, a real client."""

import json
import time

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.journeys.house import House
from tests.journeys.test_api import Program, admitted


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("socket"))
    house.manage("migrate", "-v0")
    house.manage("found", "--name", "Alliance", "--email", "secretariat@network.example", "--languages", "en,fr")
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def people(house):
    """Two cities, a room of both, and a stranger to it."""
    secretariat = Program(house, "secretariat@network.example")
    visitor = Program(house)
    place = {name: visitor.get("places/", q=name)["results"][0]["id"] for name in ("Porto", "Dakar")}
    slugs = [admitted(house, secretariat, place[name], f"office@{name.lower()}.example", "en") for name in ("Porto", "Dakar")]
    porto, dakar = Program(house, "office@porto.example"), Program(house, "office@dakar.example")
    room = porto.post("rooms/", {"title": "Water", "audience": {"kind": "cities", "cities": slugs}})["id"]
    return {"porto": porto, "dakar": dakar, "secretariat": secretariat, "room": room, "slugs": slugs}


def ear(house, program: Program, **more):
    ticket = program.post("tickets/")["ticket"]
    socket = connect(f"ws://localhost:{house.port}/ws/?ticket={ticket}", **{"open_timeout": 60, **more})
    assert json.loads(socket.recv(30))["event"] == "hello"
    return socket


def heard(socket, event: str, seconds: float = 30) -> dict:
    """The next frame of this kind; others are passed over."""
    end = time.monotonic() + seconds
    while True:
        frame = json.loads(socket.recv(max(end - time.monotonic(), 0.01)))
        if frame["event"] == event:
            return frame


def closed_with(socket, seconds: float = 30) -> int:
    end = time.monotonic() + seconds
    with pytest.raises(ConnectionClosed) as closing:
        while time.monotonic() < end:
            socket.recv(max(end - time.monotonic(), 0.01))
    return closing.value.rcvd.code


def test_what_one_posts_the_other_hears_as_get_gives_it(house, people):
    with ear(house, people["dakar"]) as socket:
        socket.send(json.dumps({"watch": [people["room"]]}))
        heard(socket, "person.present")
        said = people["porto"].post(
            f"rooms/{people['room']}/messages/", {"text": "Bom dia", "nonce": "s1", "source_language": "pt"}
        )
        frame = heard(socket, "message.posted")
        assert (frame["room"], frame["seq"]) == (people["room"], said["seq"])
        given = people["dakar"].get(f"rooms/{people['room']}/messages/{said['seq']}/", lang="pt")
        assert {**frame["data"], "language": None} == {**given, "language": None}
        people["porto"].http.patch(f"rooms/{people['room']}/messages/{said['seq']}/", json={"text": "Boa tarde"})
        assert heard(socket, "message.edited")["data"]["text"] == "Boa tarde"
        people["dakar"].post(f"rooms/{people['room']}/messages/{said['seq']}/reactions/", {"sign": "👍"}, expect=200)
        assert heard(socket, "reaction.changed")["data"]["reactions"][0]["count"] == 1
        people["porto"].http.delete(f"rooms/{people['room']}/messages/{said['seq']}/")
        assert heard(socket, "message.removed")["data"]["removed"] is True
        socket.send(json.dumps({"unwatch": [people["room"]]}))
        socket.send(json.dumps({"watch": [424242]}))
        heard(socket, "refused")  # now the word before was heard too
        people["porto"].post(f"rooms/{people['room']}/messages/", {"text": "later", "nonce": "s2"})
        with pytest.raises(TimeoutError):
            socket.recv(0.7)


def test_a_ticket_opens_one_socket_once(house, people):
    ticket = people["porto"].post("tickets/")["ticket"]
    with connect(f"ws://localhost:{house.port}/ws/?ticket={ticket}") as socket:
        assert json.loads(socket.recv(30))["protocol"] == 1
    with connect(f"ws://localhost:{house.port}/ws/?ticket={ticket}") as again:
        assert closed_with(again) == 4401
    with connect(f"ws://localhost:{house.port}/ws/") as nobody:
        assert closed_with(nobody) == 4401


def test_a_page_from_elsewhere_hears_nothing(house, people):
    ticket = people["porto"].post("tickets/")["ticket"]
    try:
        with connect(f"ws://localhost:{house.port}/ws/?ticket={ticket}", origin="https://elsewhere.example") as socket:
            assert closed_with(socket) == 4401
    except InvalidStatus as refused:
        assert refused.response.status_code == 403


def test_a_room_one_is_not_in_is_refused_like_one_that_does_not_exist(house, people):
    with ear(house, people["secretariat"]) as socket:
        said = []
        for room in (people["room"], 424242):
            socket.send(json.dumps({"watch": [room]}))
            said.append(heard(socket, "refused")["detail"])
        assert said[0] == said[1]
        people["porto"].post(f"rooms/{people['room']}/messages/", {"text": "secret", "nonce": "s3"})
        with pytest.raises(TimeoutError):
            socket.recv(0.7)


@pytest.mark.parametrize(
    "frame",
    ["", "{", "null", "[]", '"x"', "1", '{"watch": 1}', '{"watch": ["1"]}', '{"watch": [1e99]}', '{"watch": [true]}', '{"say": "x"}',
     '{"watch": [1], "typing": 1}', '{"typing": "x"}', '{"typing": -1}', "\x00", "[" * 20_000, b"\x00\x01"],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(house, people, frame):
    with ear(house, people["porto"]) as socket:
        socket.send(frame)
        assert heard(socket, "refused")["detail"]
        socket.send(json.dumps({"watch": [people["room"]]}))
        assert heard(socket, "person.present")


def test_repeated_nonsense_ends_the_socket(house, people):
    with ear(house, people["porto"]) as socket:
        for _ in range(5):
            socket.send("nonsense")
        assert closed_with(socket) == 4400


def test_a_giant_frame_ends_the_socket(house, people):
    with ear(house, people["porto"]) as socket:
        socket.send("x" * 70_000)
        assert closed_with(socket) == 1009


def test_typing_is_told_to_the_others_once_a_second(house, people):
    with ear(house, people["porto"]) as writer, ear(house, people["dakar"]) as reader:
        for socket in (writer, reader):
            socket.send(json.dumps({"watch": [people["room"]]}))
            heard(socket, "person.present")
        begun = time.monotonic()
        for _ in range(20):
            writer.send(json.dumps({"typing": people["room"]}))
        writer.send(json.dumps({"watch": [424242]}))
        heard(writer, "refused")  # now all twenty were heard
        most = 2 + int(time.monotonic() - begun)  # one at once, and one for each second after it
        told = 0
        with pytest.raises(TimeoutError):
            while True:
                assert heard(reader, "person.typing", 1.5 if told else 30)["room"] == people["room"]
                told += 1
        assert 1 <= told <= most


def test_a_new_room_is_told_and_a_lost_room_mandate_or_account_closes_the_ear(house, people):
    porto, dakar, secretariat = people["porto"], people["dakar"], people["secretariat"]
    invited = dakar.post(
        "officials/", {"city": people["slugs"][1], "email": "guest@dakar.example", "role": "contributor", "language": "fr"}
    )
    Program(house).post("officials/accept/", {"code": house.code("guest@dakar.example")}, expect=200)
    guest = Program(house, "guest@dakar.example")
    named = porto.post("rooms/", {"title": "Named", "audience": {"kind": "room"}})["id"]
    with ear(house, guest) as socket:
        me = guest.get("me/")["person"]["id"]
        porto.post(f"rooms/{named}/people/", {"email": "guest@dakar.example"})
        joined = heard(socket, "room.joined")
        assert joined["room"] == named and joined["data"] == {"room": named, "person": me}
        socket.send(json.dumps({"watch": [named, people["room"]]}))
        heard(socket, "person.present")
        porto.http.request("DELETE", f"rooms/{named}/people/", json={"person": me})
        assert heard(socket, "room.left", 2)["room"] == named
        dakar.post(f"officials/{invited['id']}/end/", expect=200)
        assert heard(socket, "room.left", 2)["room"] == people["room"]
        porto.post(f"rooms/{people['room']}/messages/", {"text": "after", "nonce": "s9"})
        with pytest.raises(TimeoutError):
            heard(socket, "message.posted", 0.7)
        house.manage("shell", "-c", DEACTIVATE % me)
        assert closed_with(socket, 3) == 4401
    assert secretariat.get("me/")["person"]["staff_role"] == "secretariat"


DEACTIVATE = (
    "from members.actions import accounts; from members.queries.accounts import person_by_email; "
    "accounts.deactivate(%d, 'left', actor=person_by_email('secretariat@network.example'))"
)


def test_signing_out_closes_the_sockets_of_that_session(house, people):
    with httpx.Client(base_url=house.url, follow_redirects=True) as browser:
        browser.get(house.manage("sign_in_link", "office@porto.example"))
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        headers = {"Cookie": cookie}
        with connect(f"ws://localhost:{house.port}/ws/", origin=house.url, additional_headers=headers) as socket:
            assert json.loads(socket.recv(30))["event"] == "hello"
            page = browser.get("/accounts/logout/").text
            secret = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
            browser.post("/accounts/logout/", data={"csrfmiddlewaretoken": secret})
            assert closed_with(socket, 3) == 4401


def test_an_address_that_is_none_is_closed_without_a_word_in_the_log(house, people):
    with pytest.raises(InvalidStatus):
        connect(f"ws://localhost:{house.port}/elsewhere/")
    assert "Traceback" not in house.log.read_text()
