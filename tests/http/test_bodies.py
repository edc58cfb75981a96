"""What clients send, large, slow or broken off; and streams to clients that are slow or leave."""

import hashlib
import json
import resource
import threading
import time

import pytest
from django.db import connections

from alliance.http import bodies, protocol, streams

from . import views
from .conftest import chunked, read_answer


def until(true, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not (said := true()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return said


def post(length: int, *more: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in more)
    return f"POST /echo/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{lines}\r\n".encode()


@pytest.mark.parametrize("size", [0, 1, 65536, 2 * 1024 * 1024, 2 * 1024 * 1024 + 1, 9_000_000])
def test_bodies_of_every_size_arrive_whole(site, size, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    digest = hashlib.sha256(body).hexdigest()
    assert json.loads(site.ask("/echo/", "PUT", body).body)["body"] == digest
    pieces = [body[start : start + 100_000] for start in range(0, size, 100_000)]
    said = json.loads(site.ask("/echo/", "PUT", chunked(*pieces), Transfer_Encoding="chunked").body)
    assert said["body"] == digest


@pytest.mark.parametrize("path", ["/api/v1/documents/", "/fr/documents/", "/echo/"])
def test_what_is_too_large_is_refused_in_the_reader_s_language_before_it_is_read(site, plain, path, settings):
    settings.DOCUMENT_MAX_BYTES = 3 * 1024 * 1024
    for server in (site, plain):
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: ar\r\nContent-Length: {bodies.limit() + 1}\r\n\r\n"
        answer = server.send(head.encode())
        assert answer.status == 413
        if path.startswith("/api/"):
            assert answer["Content-Type"] == "application/problem+json" and answer["Content-Language"] == "ar"
            problem = json.loads(answer.body)
            assert problem["status"] == 413 and "3" in problem["detail"] and problem["title"]
            assert problem["type"] == "/problems/too-large"
            asked = server.send(head.replace(path, f"{path}?lang=de", 1).encode())
            assert asked["Content-Language"] == "de" and "zu groß" in json.loads(asked.body)["detail"]
        else:
            assert f'lang="{"fr" if path.startswith("/fr/") else "ar"}"'.encode() in answer.body
    assert site.ask("/").body == b"home"


def test_what_turns_out_too_large_is_refused_and_the_connection_goes_on(site, settings):
    settings.DOCUMENT_MAX_BYTES = 100_000
    size = bodies.limit() + 300_000
    with site.connect() as line:
        line.sendall(b"POST /echo/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"x" * size))
        assert read_answer(line).status == 413
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_answer(line).body == b"home"


def test_a_slow_upload_holds_no_thread(site):
    lines = [site.connect() for _client in range(8)]  # twice as many as there are threads
    for line in lines:
        line.sendall(post(10) + b"half ")
    assert site.ask("/").body == b"home"  # a held thread would be so for a minute, far longer than we wait
    for line in lines:
        line.sendall(b"whole")
        assert json.loads(read_answer(line).body)["body"] == hashlib.sha256(b"half whole").hexdigest()
        line.close()


def test_an_upload_that_stops_is_told_so(site, monkeypatch):
    monkeypatch.setattr(bodies, "PATIENCE", 0.2)
    answer = site.send(post(10, "Accept-Language: en") + b"half ")
    assert answer.status == 408 and b"Please send it again" in answer.body


def test_an_upload_whose_client_leaves_reaches_nobody(site):
    to_page = post(10).replace(b"/echo/", b"/page/")  # which notes who reaches it
    with site.connect() as line:
        line.sendall(to_page + b"half ")
        time.sleep(0.05)
    assert site.ask("/").body == b"home"
    assert views.calls == []
    site.send(to_page + b"half whole")
    assert views.calls == ["/page/"]


def test_a_client_that_asks_before_sending_is_answered(site, settings):
    with site.connect() as line:
        line.sendall(post(5, "Expect: 100-continue"))
        assert line.recv(100).startswith(b"HTTP/1.1 100")
        line.sendall(b"bytes")
        assert read_answer(line).status == 200
    assert site.send(post(bodies.limit() + 1, "Expect: 100-continue")).status == 413


def test_a_head_that_never_ends_is_cut(site, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_PATIENCE", 2.0)  # long enough for a head to come from a busy machine
    with site.connect() as silent, site.connect() as slow, site.connect() as second:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        second.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_answer(second).body == b"home"
        second.sendall(b"GET / HTTP/1.1\r\n")
        assert silent.recv(10) == slow.recv(10) == second.recv(10) == b""


def test_a_head_without_measure_is_refused(site):
    with site.connect() as line:
        try:
            for _piece in range(40):
                line.sendall(b"GET / HTTP/1.1\r\n" if not _piece else b"X-Word: " + b"a" * 65536 + b"\r\n")
                time.sleep(0.01)
            # What was sent may still wait on its way: the server has to break off all the same, before the head's end comes.
            said = b""
            while piece := line.recv(1000):
                said += piece
            assert b" 431 " in said, "two megabytes of head were taken"
        except ConnectionError:
            pass
    assert site.ask("/").body == b"home"


def test_a_long_body_is_not_taken_for_a_slow_head(site, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_PATIENCE", 1.0)
    with site.connect() as line:
        line.sendall(post(3))
        for byte in b"abc":
            time.sleep(0.5)
            line.sendall(bytes([byte]))
        assert read_answer(line).status == 200


def test_streams_are_sent_whole_and_in_order_from_one_thread(site):
    answer = site.ask("/stream/300/")
    rows = answer.body.decode().split("\n")[:-1]
    assert [int(row.split()[0]) for row in rows] == list(range(300))
    assert len({row.split()[1] for row in rows}) == 1
    assert site.ask("/rows/").body.split() == [str(number).encode() for number in range(1, 2001)]
    assert site.ask("/async/").body == b"0\n1\n2\n3\n4\n"
    assert site.ask("/async/", "HEAD").body == b""
    until(lambda: views.closed == ["stream"])


def test_clients_that_read_slowly_hold_no_request_thread(site):
    lines = [site.connect() for _client in range(12)]
    for number, line in enumerate(lines):
        target = b"/file/50000000/" if number % 2 else b"/stream/50000/"
        line.sendall(b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % target)
    time.sleep(0.5)
    assert site.ask("/").body == b"home"  # a held thread would be so for a minute, far longer than we wait
    for line in lines:
        line.close()
    until(lambda: views.closed.count("file") == 6 and views.closed.count("stream") == 6)


def test_a_client_that_takes_nothing_is_given_up(site, monkeypatch):
    monkeypatch.setattr(streams, "STALL", 0.3)
    with site.connect() as line:
        line.sendall(b"GET /file/50000000/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: views.closed == ["file"])
    with site.connect() as line:
        line.sendall(b"GET /stream/50000/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: views.closed == ["file", "stream"])


def test_a_stream_that_breaks_ends_the_connection_so_that_nobody_takes_it_for_whole(site):
    with site.connect() as line:
        line.sendall(b"GET /broken/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        said = b""
        while piece := line.recv(1000):
            said += piece
    assert b"good" in said and not said.endswith(b"0\r\n\r\n")


def test_who_leaves_while_waiting_disturbs_nobody(site):
    for _client in range(6):
        with site.connect() as line:
            line.sendall(b"GET /slow/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert site.ask("/").body == b"home"


def test_requests_run_beside_one_another_in_four_threads(site):
    said = []
    clients = [threading.Thread(target=lambda: said.append(site.ask("/meeting/").body)) for _client in range(4)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert said == [b"all four"] * 4
    assert connections["default"] is not None


@pytest.mark.parametrize(("path", "language"), [("/api/v1/documents/?lang=fr", "fr"), ("/fr/documents/", "fr"), ("/echo/", "ar")])
def test_without_room_on_the_disk_it_is_said_in_a_sentence(site, monkeypatch, path, language):
    size = 3 * 1024 * 1024
    announced = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: ar\r\nContent-Length: {size}\r\n\r\n".encode()
    monkeypatch.setattr(bodies, "COPIES", 10**12)
    told = [site.send(announced)]
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, most[1]))  # the kernel refuses what goes beyond, as a full disk would
    try:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: ar\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        told.append(site.send(head + chunked(*[b"x" * 100_000] * (size // 100_000))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    for answer in told:
        assert answer.status == 503 and answer["Retry-After"] and answer["Content-Language"] == language
        if path.startswith("/api/"):
            problem = json.loads(answer.body)
            assert problem["resting"] == "files" and problem["detail"].startswith("Le fichier n’a pas pu être gardé")
        else:
            assert f'<html lang="{language}"'.encode() in answer.body
    assert site.ask("/").body == b"home"
