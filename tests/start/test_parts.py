"""A part that is named and cannot be reached does not stop the start: it rests, the start says so, and all else works."""

import json
import urllib.error
import urllib.request

import pytest

from tests.journeys.house import House

RESTING = [
    # what we call it, its variable, the value, what is said
    ("Redis", "REDIS_URL", "redis://127.0.0.1:1/0", "connection refused"),
    ("Redis", "REDIS_URL", "redis:/localhost", "write it as redis://host:6379/0."),
    ("Elasticsearch", "ELASTICSEARCH_URL", "localhost:9200", "write it as http://host:9200."),
    ("S3", "S3_URL", "s3://key:hidden@host/bucket", "write it as https://key:secret@host/bucket."),
    ("Elasticsearch", "ELASTICSEARCH_URL", "http://127.0.0.1:1", "connection refused"),
    ("ClamAV", "CLAMD_URL", "tcp://127.0.0.1:1", "connection refused"),
    ("ClamAV", "CLAMD_URL", "unix:///nowhere/clamd.sock", "no such file or directory"),
    ("ClamAV", "CLAMD_URL", "127.0.0.1:3310", "write it as tcp://host:3310 or unix:///run/clamav/clamd.ctl."),
    ("S3", "S3_URL", "http://key:hidden@127.0.0.1:1/bucket", "connection refused"),
    ("Mail", "EMAIL_URL", "smtp://person:hidden@127.0.0.1:1", "connection refused"),
]
NONE = dict.fromkeys(("REDIS_URL", "ELASTICSEARCH_URL", "CLAMD_URL", "S3_URL", "EMAIL_URL"), "")


@pytest.mark.parametrize(("name", "variable", "value", "reason"), RESTING)
def test_the_start_says_which_part_rests(tmp_path, name, variable, value, reason):
    house = House(tmp_path, **{**NONE, variable: value})
    house.manage("migrate", "-v0")
    try:
        house.start()
        with urllib.request.urlopen(f"{house.url}/en/", timeout=20) as page:
            assert page.status == 200
        with urllib.request.urlopen(f"{house.url}/readyz", timeout=20) as told:
            assert json.load(told)["parts"]["database"] == "ok"
    finally:
        house.stop()
    said = house.log.read_text()
    misread = reason.startswith("write")
    told = f". {variable} cannot be read: {reason}" if misread else f" ({variable}: {reason})."
    assert f"{name}: resting{told} All else works.\n" in said
    assert "hidden" not in said and "Traceback" not in said


def test_a_part_that_answers_is_named_too(tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        house = House(tmp_path, **{**NONE, "EMAIL_URL": f"smtp://127.0.0.1:{server.getsockname()[1]}"})
        house.manage("migrate", "-v0")
        try:
            house.start()
        finally:
            house.stop()
    assert "Mail: answers (EMAIL_URL).\n" in house.log.read_text()
