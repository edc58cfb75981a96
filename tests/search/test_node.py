"""The connections to Elasticsearch, against servers that answer byte by byte as they are told."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable

import pytest
from elastic_transport import ConnectionError, ConnectionTimeout, NodeConfig

from alliance.search.engines.elastic.node import Node

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Elastic-Product: Elasticsearch\r\n\r\n{}"
WITHIN = 5.0


@pytest.fixture
def serving():
    """A server that does with each connection what it is told, and a node that asks it. `taken` counts the connections."""
    with contextlib.ExitStack() as open_ones:

        def started(answers: Callable[[socket.socket], None], **more):
            door = open_ones.enter_context(socket.create_server(("127.0.0.1", 0)))
            taken: list[socket.socket] = []

            def welcome():
                while True:
                    try:
                        caller, _address = door.accept()
                    except OSError:
                        return
                    taken.append(open_ones.enter_context(caller))
                    threading.Thread(target=_quietly, args=(answers, caller), daemon=True).start()

            threading.Thread(target=welcome, daemon=True).start()
            node = Node(NodeConfig("http", "127.0.0.1", door.getsockname()[1], **more))
            open_ones.callback(node.close)
            return node, taken

        yield started


def _quietly(answers, caller):
    with contextlib.suppress(OSError, ValueError):
        answers(caller)


def heard(caller: socket.socket) -> bytes:
    """One request, whole."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += caller.recv(4096) or b"\r\n\r\n"
    head, _end, body = said.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += caller.recv(4096)
    return head + b"\r\n\r\n" + body


def always(answer: bytes):
    def answers(caller):
        while True:
            heard(caller)
            caller.sendall(answer)

    return answers


def test_what_is_sent(serving):
    said = []

    def answers(caller):
        said.append(heard(caller))
        caller.sendall(OK)

    node, _taken = serving(answers, path_prefix="/search", headers={"authorization": "Basic YTpi"})
    meta, body = node.perform_request("POST", "/x/_search", b'{"a":1}', {"content-type": "application/json"}, WITHIN)
    assert (meta.status, body, meta.headers["X-Elastic-Product"]) == (200, b"{}", "Elasticsearch")
    head, _end, sent = said[0].partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    assert first == b"POST /search/x/_search HTTP/1.1" and sent == b'{"a":1}'
    assert {b"content-type: application/json", b"authorization: Basic YTpi", b"content-length: 7"} <= set(lines)
    assert f"host: 127.0.0.1:{node.port}".encode() in lines


def test_one_after_the_other_takes_one_connection_and_at_once_takes_several(serving):
    node, taken = serving(always(OK))
    for _again in range(20):
        assert node.perform_request("GET", "/", request_timeout=WITHIN)[1] == b"{}"
    assert len(taken) == 1
    gate, answers = threading.Barrier(8), []

    def ask():
        gate.wait()
        for _again in range(20):
            answers.append(node.perform_request("GET", "/", request_timeout=WITHIN)[1])

    threads = [threading.Thread(target=ask) for _one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [b"{}"] * 160 and len(taken) <= 8


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nabcde", b"abcde"),
        (b"HTTP/1.0 200 OK\r\n\r\nabcde", b"abcde"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b""),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_an_answer_is_read_to_its_end_however_it_comes(serving, answer, body, at_once):
    def answers(caller):
        while True:
            heard(caller)
            for piece in [answer] if at_once else [bytes([byte]) for byte in answer]:
                caller.sendall(piece)
            if b"close" in answer or b"HTTP/1.0" in answer:
                caller.shutdown(socket.SHUT_RDWR)

    node, _taken = serving(answers)
    for _again in range(3):
        assert node.perform_request("GET", "/", request_timeout=WITHIN)[1] == body


def test_a_connection_that_was_closed_meanwhile_is_not_asked(serving):
    def answers(caller):
        heard(caller)
        caller.sendall(OK)
        caller.shutdown(socket.SHUT_RDWR)

    node, taken = serving(answers)
    for again in range(3):
        assert node.perform_request("GET", "/", request_timeout=WITHIN)[1] == b"{}"
        _until(lambda: not node._free[0].silent())
        assert len(taken) == again + 1


@pytest.mark.parametrize(
    "answer", [b"", OK[:-1], b"HTTP/1.1 200 OK\r\ncontent-len", b"-ERR unknown command\r\n", b"\x16\x03\x01\x00"]
)
def test_an_answer_that_breaks_off_or_is_none_is_refused_and_its_connection_not_used_again(serving, answer):
    def answers(caller):
        heard(caller)
        caller.sendall(answer)
        caller.shutdown(socket.SHUT_RDWR)

    node, _taken = serving(answers)
    with pytest.raises(ConnectionError):
        node.perform_request("GET", "/", request_timeout=WITHIN)
    assert not node._free


def test_the_time_is_for_the_whole_answer_not_for_each_of_its_bytes(serving):
    stop = threading.Event()

    def answers(caller):
        heard(caller)
        for byte in OK * 100:
            caller.sendall(bytes([byte]))
            if stop.wait(0.05):
                return

    node, _taken = serving(answers)
    began = time.monotonic()
    with pytest.raises(ConnectionTimeout):
        node.perform_request("GET", "/", request_timeout=0.4)
    assert 0.4 <= time.monotonic() - began < WITHIN and not node._free
    stop.set()


def test_where_nobody_listens_it_is_told():
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    with pytest.raises(ConnectionError):
        Node(NodeConfig("http", "127.0.0.1", port)).perform_request("GET", "/", request_timeout=WITHIN)


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()
