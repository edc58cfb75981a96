"""The proxy, on an echoing server."""

import socket
import threading

import pytest

from .proxy import Proxy


@pytest.fixture
def proxy():
    door = socket.create_server(("127.0.0.1", 0))

    def echo(line):
        with line:
            while given := line.recv(1000):
                line.sendall(given)

    def serve():
        while True:
            try:
                line, _address = door.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=[line], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    with Proxy(*door.getsockname()) as proxy:
        yield proxy
    door.shutdown(socket.SHUT_RDWR)
    door.close()


def client(proxy):
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def echoed(line, words: bytes) -> bool:
    line.sendall(words)
    return line.recv(1000) == words


def test_it_forwards_both_ways(proxy):
    with client(proxy) as one, client(proxy) as two:
        assert echoed(one, b"one") and echoed(two, b"two") and echoed(one, b"again")


def test_frozen_it_takes_and_forwards_nothing_and_thawed_it_gives_what_waited(proxy):
    with client(proxy) as before:
        assert echoed(before, b"1")
        proxy.freeze()
        with client(proxy) as during:
            for line in (before, during):
                line.sendall(b"2")
                line.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    line.recv(10)
            proxy.thaw()
            for line in (before, during):
                line.settimeout(5)
                assert line.recv(10) == b"2"


@pytest.mark.parametrize("frozen", [False, True])
def test_cut_it_ends_all_and_refuses_and_restored_it_is_at_the_same_port(proxy, frozen):
    with client(proxy) as line:
        assert echoed(line, b"1")
        if frozen:
            proxy.freeze()
        proxy.cut()
        with pytest.raises(ConnectionError):
            line.sendall(b"2")
            raise ConnectionError if line.recv(10) == b"" else AssertionError
        with pytest.raises(ConnectionRefusedError):
            client(proxy)
    port = proxy.port
    proxy.restore()
    assert proxy.port == port
    with client(proxy) as line:
        assert echoed(line, b"3")
