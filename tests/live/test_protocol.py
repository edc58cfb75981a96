"""The two ways to write, each on a real server with real clients."""

import json
import socket
import time

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from alliance.live.protocol import Protocol

from .server import Server


@pytest.fixture(params=[Protocol, WebSocketsSansIOProtocol], ids=["fast", "portable"])
def server(request):
    with Server(request.param) as server:
        yield server


@pytest.fixture
def fast():
    with Server(Protocol) as server:
        yield server


def eventually(probe, seconds: float = 30):
    end = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def closed_with(client) -> int:
    with pytest.raises(ConnectionClosed) as closing:
        while True:
            client.recv(10)
    return closing.value.rcvd.code


def handshake(port: int, target: bytes = b"/") -> socket.socket:
    """A client in raw bytes, with a small buffer."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.settimeout(10)
    raw.connect(("127.0.0.1", port))
    raw.sendall(
        b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    return raw


def test_everybody_hears_everything_in_order(server):
    with connect(server.url) as one, connect(server.url) as two:
        eventually(lambda: server.listeners() == 2)
        said = [json.dumps({"seq": n, "text": "ü" * (n * 97 % 1_000)}, ensure_ascii=False) for n in range(300)]
        for text in said:
            server.publish(text.encode())
        assert [one.recv(10) for _ in said] == said
        assert [two.recv(10) for _ in said] == said


def test_one_client_that_never_reads_is_cut_and_the_others_wait_for_nothing(server):
    stalled = handshake(server.port)
    with connect(server.url, max_size=None) as client:
        eventually(lambda: server.listeners() == 2)
        payload, slowest = b"z" * 60_000, 0.0
        for number in range(300):
            begun = time.monotonic()
            server.publish(b"%d " % number + payload)
            assert int(client.recv(10).split()[0]) == number
            slowest = max(slowest, time.monotonic() - begun)
        assert slowest < 5  # who waits for the one that never reads waits for ever
        closed = server.on_loop(lambda: sum(listener.closed for listener in server.hub.groups["room.1"]))
        assert closed == 1 or server.listeners() == 1
    stalled.close()


def test_a_cut_client_gives_its_place_back(fast):
    stalled = handshake(fast.port)
    eventually(lambda: fast.listeners() == 1)
    for _ in range(300):
        fast.publish(b"z" * 60_000)
    eventually(lambda: fast.listeners() == 0)
    stalled.close()


def test_the_end_has_its_code_after_what_was_said_before(server):
    with connect(server.url) as client:
        eventually(lambda: server.listeners() == 1)
        server.publish(b"before")
        client.send("end")
        assert client.recv(10) == "before"
        assert closed_with(client) == 4401
    eventually(lambda: server.listeners() == 0)


def test_what_is_said_while_a_socket_closes_breaks_nothing(server, caplog):
    for _ in range(30):
        with connect(server.url):
            for _ in range(10):
                server.publish(b"x" * 5_000)
    eventually(lambda: server.listeners() == 0)
    assert not [record for record in caplog.records if record.exc_info]


def test_clients_talk_back_while_they_listen(server):
    with connect(server.url) as client:
        eventually(lambda: server.listeners() == 1)
        for number in range(50):
            server.publish(b"%d" % number)
            client.send(f"heard {number}")
        assert [client.recv(10) for _ in range(50)] == [str(number) for number in range(50)]
        assert client.ping().wait(10)
        eventually(lambda: len(server.received) == 50)


def test_compression_is_never_agreed_on(fast):
    with connect(fast.url, compression="deflate") as client:
        assert client.response.headers.get("Sec-WebSocket-Extensions") is None


@pytest.mark.parametrize("size, code", [(65_536, None), (65_537, 1009), (1_000_000, 1009)])
def test_a_frame_from_a_client_has_at_most_64_kib(fast, size, code):
    with connect(fast.url) as client:
        client.send("x" * size)
        if code is None:
            eventually(lambda: len(fast.received) == 1)
        else:
            assert closed_with(client) == code


def test_a_message_in_many_frames_is_bounded_too(fast):
    with connect(fast.url) as client:
        # Just too many: a client that is still sending when it is hung up on may not hear why.
        client.send("x" * 1000 for _ in range(66))
        assert closed_with(client) == 1009
    assert fast.received == []


@pytest.mark.parametrize("target", [b"/\xff\xfe", b"/?ticket=\xc3\xa9", b"/%ff", b"/\x00"])
def test_an_address_in_strange_bytes_is_answered_without_a_fault(fast, target, caplog):
    raw = handshake(fast.port, target)
    assert raw.recv(4096).split(b" ")[1] in (b"101", b"400")
    raw.close()
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    "bytes_", [b"\x81\x05hello", b"\xff\xff\xff\xff", b"\x81\xff" + b"\xff" * 8, b"\x83\x80abcd", b"\x81\x82abcd\xff\xff"]
)
def test_broken_frames_end_their_own_socket_only(fast, bytes_, caplog):
    with connect(fast.url) as other:
        eventually(lambda: fast.listeners() == 1)
        raw = handshake(fast.port)
        eventually(lambda: fast.listeners() == 2)
        raw.sendall(bytes_)
        raw.shutdown(socket.SHUT_WR)
        eventually(lambda: fast.listeners() == 1)
        fast.publish(b"still here")
        assert other.recv(10) == "still here"
        raw.close()
