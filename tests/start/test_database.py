"""A database that is not what the code needs: empty, older, newer, full, silent, or closed to us. Never a traceback."""

import resource
import socket
import sqlite3
import threading
import time
import uuid
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from tests.databases import fresh_database

from .conftest import assert_a_sentence

NEWER = "INSERT INTO django_migrations (app, name, applied) VALUES ('members', '0999_of_tomorrow', '2030-01-01')"


@pytest.fixture(params=["embedded", pytest.param("server", marks=pytest.mark.service("DATABASE_URL"))])
def database(request, tmp_path):
    """The variables of an empty database, and how to say something to it."""
    if request.param == "embedded":
        return {}, lambda sentence: _told(sqlite3.connect(tmp_path / "alliance.sqlite3"), sentence)
    url = fresh_database()
    return {"DATABASE_URL": url}, lambda sentence: _told(psycopg.connect(url), sentence)


def _told(connection, sentence):
    with connection:
        connection.execute(sentence)
        connection.commit()
    connection.close()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_an_empty_one(manage, database, command):
    variables, _tell = database
    variable = "DATABASE_URL" if variables else "DATA_DIR"
    assert_a_sentence(manage(command, **variables), f"{variable}: this database is empty; run manage.py migrate first")


def test_an_empty_one_is_told_to_other_commands(manage, database):
    variables, _tell = database
    variable = "DATABASE_URL" if variables else "DATA_DIR"
    expected = f"{variable}: this database is empty or older than the code; run manage.py migrate first."
    assert_a_sentence(manage("issue_token", "a@b.example", **variables), expected)


def test_an_empty_one_is_enough_to_found_a_network(manage, database):
    variables, _tell = database
    said = manage("found", "--name", "N", "--languages", "fr,en", "--email", "a@b.example", **variables)
    assert said.code == 0 and not said.fault
    assert manage("issue_token", "a@b.example", **variables).code == 0


def test_an_older_and_a_newer_one(manage, database):
    variables, tell = database
    assert manage("migrate", "-v0", **variables).code == 0
    tell("DELETE FROM django_migrations WHERE app = 'members' AND name = '0002_network'")
    for command in (["serve"], ["worker"], ["found", "--name", "N", "--email", "a@b.example"]):
        assert_a_sentence(manage(*command, **variables), "this database is older than the code; run manage.py migrate first")
    tell("INSERT INTO django_migrations (app, name, applied) VALUES ('members', '0002_network', '2026-01-01')")
    tell(NEWER)
    for command in ("serve", "worker", "start"):
        assert_a_sentence(manage(command, **variables), "this database was made by a newer release; update the code first.")


def test_a_full_disk(manage, tmp_path):
    """A file may not grow past a limit, as on a disk that is full."""
    assert manage("migrate", "-v0").code == 0
    size = (tmp_path / "alliance.sqlite3").stat().st_size
    limits = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))  # noqa: E731
    said = manage("found", "--name", "N", "--email", "a@b.example", limits=limits)
    assert_a_sentence(said, f"DATA_DIR: nothing can be kept in {tmp_path} (")
    assert (tmp_path / "alliance.sqlite3").stat().st_size == size
    limits = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))  # noqa: E731
    assert_a_sentence(manage("serve", limits=limits), f"DATA_DIR: nothing can be kept in {tmp_path} (file too large); make room")


def test_a_file_that_is_no_database(manage, tmp_path):
    (tmp_path / "alliance.sqlite3").write_bytes(b"minutes of the meeting\n" * 400)
    told = f"DATA_DIR: the file {tmp_path}/alliance.sqlite3 is damaged or not a database; put its last copy in its place."
    assert_a_sentence(manage("serve"), told)


def test_one_that_takes_the_connection_and_says_nothing(manage):
    came: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        def take():
            with silent.accept()[0] as line:
                came.append(time.monotonic())
                line.recv(1000)
                line.recv(1000)  # until they hang up

        threading.Thread(target=take, daemon=True).start()
        said = manage("serve", DATABASE_URL=f"postgresql://alliance@127.0.0.1:{port}/alliance")
    assert_a_sentence(said, f"DATABASE_URL: no server answers at 127.0.0.1, port {port} (nothing came in time)")
    assert time.monotonic() - came[0] < 30  # since it knocked: the start of a process is another matter


@pytest.mark.service("DATABASE_URL")
def test_names_that_the_server_does_not_know(manage):
    server = urlsplit(fresh_database())
    where = f"{server.hostname}:{server.port}"
    told = f"DATABASE_URL: the server at {server.hostname}, port {server.port}"
    said = manage("serve", DATABASE_URL=server._replace(path="/atlantis").geturl())
    assert_a_sentence(said, f"{told} has no database “atlantis”; correct the name, or make it with createdb.")
    said = manage("serve", DATABASE_URL=server._replace(netloc=f"nobody@{where}").geturl())
    assert said.code != 0 and told in said.fault and "nobody" in said.fault and "Traceback" not in said.fault


@pytest.mark.service("DATABASE_URL")
def test_a_wrong_password(manage):
    url = fresh_database()
    server = urlsplit(url)
    person = f"stranger_{uuid.uuid4().hex[:8]}"
    with _asked_for_a_password(url, person, "the right one"):
        told = f"DATABASE_URL: the server at {server.hostname}, port {server.port} refuses the user “{person}” (wrong password)"
        for word, sentence in (("a wrong one", told), ("the right one", "DATABASE_URL: this database is empty")):
            netloc = f"{person}:{quote(word)}@{server.hostname}:{server.port}"
            said = manage("serve", DATABASE_URL=server._replace(netloc=netloc).geturl())
            assert_a_sentence(said, sentence)
            assert word not in said.fault


@contextmanager
def _asked_for_a_password(url, person, password):
    """Somebody whom the server lets in with a password only: a line of their own in pg_hba.conf, taken out afterwards."""
    with psycopg.connect(url, autocommit=True) as operator:
        file = operator.execute("SHOW hba_file").fetchone()[0]
        before = operator.execute("SELECT pg_read_binary_file(%s)", [file]).fetchone()[0]

        def write(text):
            number = operator.execute("SELECT lo_from_bytea(0, %s)", [text]).fetchone()[0]
            operator.execute("SELECT lo_export(%s, %s), lo_unlink(%s)", [number, file, number])
            operator.execute("SELECT pg_reload_conf()")
            time.sleep(0.5)

        operator.execute(f"CREATE ROLE {person} LOGIN PASSWORD '{password}'")
        write(f"host all {person} all scram-sha-256\n".encode() + before)
        try:
            yield
        finally:
            write(before)
            operator.execute(f"DROP ROLE {person}")
