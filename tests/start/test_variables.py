"""Every variable that is wrong is named in one sentence that says what to write, and nothing starts."""

import socket

import pytest

from alliance.environment import shared_name

from .conftest import assert_a_sentence

KNOWN = "write postgresql://user:password@host:5432/name, or sqlite:///path."
READ = "write it as postgresql://user:password@host:5432/name."
WRONG = [
    # variable, value, the sentence
    ("PORT", "eight", "PORT is “eight”: write a whole number from 1 to 65535."),
    ("PORT", "70000", "PORT is “70000”: write a whole number from 1 to 65535."),
    ("PORT", "-1", "PORT is “-1”: write a whole number from 1 to 65535."),
    ("PORT", "٨٠٠٠", "PORT is “٨٠٠٠”: write a whole number from 1 to 65535."),
    ("TRUSTED_PROXIES", "nginx", "TRUSTED_PROXIES is “nginx”: write a whole number from 0 to 99."),
    ("API_SPARINGLY", "often", "API_SPARINGLY is “often”: write a number and a period, as in 60/min."),
    ("SECRET_KEY", "short", "SECRET_KEY is too short: write 32 random characters or more, or leave it out."),
    ("SECRET_KEY", " " * 50, "SECRET_KEY is too short: write 32 random characters or more, or leave it out."),
    ("BASE_URL", "alliance.example", "BASE_URL cannot be read: write it as https://alliance.example."),
    ("BASE_URL", "ftp://alliance.example", "BASE_URL cannot be read: write it as https://alliance.example."),
    ("BASE_URL", "https://alliance.example:port", "BASE_URL cannot be read: write it as https://alliance.example."),
    ("BASE_URL", "https://a.example/site", "BASE_URL is “https://a.example/site”: write scheme, host and port only"),
    ("EMAIL_URL", "mail.example:587", "EMAIL_URL cannot be read: write it as smtp://user:password@host:587/?tls=1"),
    ("EMAIL_URL", "smtp://mail.example:port", "EMAIL_URL cannot be read: write it as smtp://user:password@host:587/?tls=1"),
    ("DATABASE_URL", "mysql://alliance@localhost/alliance", f"DATABASE_URL names a database that we do not know: {KNOWN}"),
    ("DATABASE_URL", "postgres//alliance@localhost/alliance", f"DATABASE_URL names a database that we do not know: {KNOWN}"),
    ("DATABASE_URL", "alliance", f"DATABASE_URL names a database that we do not know: {KNOWN}"),
    ("DATABASE_URL", "postgresql://alliance@localhost:543x/alliance", f"DATABASE_URL cannot be read: {READ}"),
    ("DATABASE_URL", "postgresql://alliance@localhost:99999/alliance", f"DATABASE_URL cannot be read: {READ}"),
    ("DATABASE_URL", "postgresql://alliance@[::1/alliance", f"DATABASE_URL cannot be read: {READ}"),
    ("DATABASE_URL", "postgresql:/alliance@localhost/alliance", f"DATABASE_URL cannot be read: {READ}"),
    ("DATABASE_URL", "postgresql://alliance@localhost", f"DATABASE_URL names no database: {READ}"),
    ("DATABASE_URL", "postgresql://alliance@127.0.0.1:1/alliance", "DATABASE_URL: no server answers at 127.0.0.1, port 1 (connection refused)"),
    ("DATABASE_URL", "postgresql://alliance@nowhere.invalid/alliance", "DATABASE_URL: nobody knows the host of nowhere.invalid"),
    ("DATABASE_URL", "postgresql://alliance@127.0.0.1:1/alliance?colour=red", "DATABASE_URL holds an option that PostgreSQL does not know"),
    ("DATABASE_URL", "sqlite:////dev/null/alliance.sqlite3", "DATABASE_URL: nothing can be kept in /dev/null (unable to open database file)"),
    ("DATA_DIR", "/dev/null", "DATA_DIR: nothing can be kept in /dev/null (file exists); make room there, or name a folder that"),
    ("DATA_DIR", "/dev/null/inside", "DATA_DIR: nothing can be kept in /dev/null/inside (not a directory)"),
    ("DATA_DIR", "/proc/alliance", "DATA_DIR: nothing can be kept in /proc/alliance ("),
]  # fmt: skip


@pytest.mark.parametrize(("variable", "value", "sentence"), WRONG)
def test_a_wrong_variable_is_named(manage, variable, value, sentence):
    assert_a_sentence(manage("serve", **{variable: value}), sentence)


@pytest.mark.parametrize("command", [["worker"], ["start"], ["migrate"], ["reindex"], ["verify_register"],
                                     ["issue_token", "a@b.example"], ["found", "--name", "N", "--email", "a@b.example"]])  # fmt: skip
def test_every_command_says_it_alike(manage, command):
    said = manage(*command, DATABASE_URL="postgresql://alliance:hidden@127.0.0.1:1/alliance")
    assert_a_sentence(said, "DATABASE_URL: no server answers at 127.0.0.1, port 1 (connection refused); start it, or correct")
    assert "hidden" not in said.fault + said.out


def test_whoever_asks_for_the_traceback_gets_it(manage):
    said = manage("verify_register", "--traceback", DATABASE_URL="postgresql://alliance@127.0.0.1:1/alliance")
    assert said.code != 0 and "Traceback" in said.fault


def test_a_port_that_is_taken(manage):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        said = manage("serve", PORT=number)
    assert said.code == 1 and number in said.fault and "PORT" in said.fault and "Traceback" not in said.fault


def test_languages_that_we_do_not_know(manage, tmp_path):
    assert manage("migrate", "-v0").code == 0
    said = manage("found", "--name", "N", "--email", "a@b.example", "--languages", "fr,tlh")
    assert said.code == 1 and "Traceback" not in said.fault and said.fault.strip()


def test_an_index_that_nobody_named_is_called_by_the_key_of_the_house(monkeypatch):
    monkeypatch.delenv("SHARED_NAME", raising=False)
    ours, theirs = shared_name("SHARED_NAME", "a" * 50), shared_name("SHARED_NAME", "b" * 50)
    assert ours == shared_name("SHARED_NAME", "a" * 50) != theirs and ours.startswith("alliance-")
    monkeypatch.setenv("SHARED_NAME", "north")
    assert shared_name("SHARED_NAME", "a" * 50) == "north"


def test_an_empty_variable_is_an_absent_one(manage):
    empty = dict.fromkeys(("SECRET_KEY", "BASE_URL", "EMAIL_URL", "DATABASE_URL", "REDIS_URL", "TRUSTED_PROXIES", "PORT"), "")
    assert manage("migrate", "-v0", **empty).code == 0
