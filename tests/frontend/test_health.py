"""What a supervisor and other programs are told outside the site, and pages for our own faults."""

import itertools
import socket
import time
import xml.etree.ElementTree as ET

import pytest
from django.db import OperationalError, connection
from django.test import Client

from alliance.ledger.models import Entry
from frontend import health
from tests import factories

from .conftest import LANGUAGES, text

ATOM = "{http://www.w3.org/2005/Atom}"


def broken(execute, sql, params, many, context):
    raise OperationalError("the disk is gone")


def test_the_process_says_that_it_lives_without_asking_anything(visitor):
    with connection.execute_wrapper(broken):
        assert visitor.get("/livez").content == b"ok\n"


@pytest.mark.parametrize("clamd", ["", "tcp://127.0.0.1:1"])
def test_every_part_that_there_is_is_named(world, visitor, settings, clamd):
    settings.CLAMD_URL = clamd
    answer = visitor.get("/readyz")
    told = answer.json()
    assert answer.status_code == 200 and told["status"] in ("ok", "degraded")
    scanner = {"scanner"} if clamd else set()
    assert set(told["parts"]) == {"database", "search", "live", "worker", "files", "mail"} | scanner
    assert set(told["parts"].values()) <= {"ok", "degraded", "down"}


def test_a_mail_server_that_does_not_answer_is_named_but_the_site_works(world, visitor, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:9/"
    told = visitor.get("/readyz")
    assert told.status_code == 200 and told.json()["parts"]["mail"] == "down" and told.json()["status"] == "degraded"


def test_a_part_that_says_nothing_is_down_and_keeps_nobody_waiting(world, visitor, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection, and never a word
        settings.CLAMD_URL = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        begun = time.monotonic()
        told = [visitor.get("/readyz").json() for _again in range(2)]
    assert [each["parts"]["scanner"] for each in told] == ["down", "down"] and told[0]["status"] == "degraded"
    assert time.monotonic() - begun < 2 * health.PATIENCE + 2  # one after the other, on a busy machine


def test_without_a_database_nothing_is_ready(db, visitor):
    with connection.execute_wrapper(broken):
        answer = visitor.get("/readyz")
    assert answer.status_code == 503 and answer.json() == {"status": "down", "parts": {"database": "down"}}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_without_a_database_a_page_says_so_in_the_reader_s_language(db, language):
    client = Client(raise_request_exception=False)
    with connection.execute_wrapper(broken):
        answer = client.get(f"/{language}/cities/")
    page = text(answer)
    assert answer.status_code == 503 and answer["Retry-After"] and f'<html lang="{language}"' in page and "<h1>" in page
    assert "disk" not in page and "Traceback" not in page


def test_a_fault_of_ours_says_nothing_of_itself(world, monkeypatch):
    from frontend import home

    def fails(*args, **kwargs):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(home.lines, "register", fails)
    answer = Client(raise_request_exception=False).get("/en/")
    assert (
        answer.status_code == 500 and "Something went wrong on our side" in text(answer) and "secret detail" not in text(answer)
    )


def test_counts_are_for_who_has_the_token(world, visitor, settings):
    assert visitor.get("/metrics").status_code == 401
    settings.METRICS_TOKEN = "a-token"
    assert visitor.get("/metrics", headers={"authorization": "Bearer other"}).status_code == 401
    assert visitor.get("/metrics", headers={"authorization": "Bearer é"}).status_code == 401
    answer = visitor.get("/metrics", headers={"authorization": "Bearer a-token"})
    assert answer.status_code == 200 and "alliance_cities 2\n" in text(answer) and "alliance_cities_signed 1\n" in text(answer)


def test_feeds_in_every_language(world, visitor):
    ids = []
    for language, name in itertools.product(LANGUAGES, ("practices", "register")):
        answer = visitor.get(f"/feeds/{language}/{name}/")
        feed = ET.fromstring(answer.content)
        assert answer["Content-Type"].startswith("application/atom+xml") and answer["Content-Language"] == language
        found = feed.findall(f"{ATOM}entry")
        assert len(found) == 1 and f"/{language}/" in found[0].find(f"{ATOM}link").get("href")
        ids.append(feed.find(f"{ATOM}id").text)
        assert visitor.get(f"/feeds/{language}/{name}/", headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert len(set(ids)) == len(ids) == 14


def test_feeds_hold_only_what_everybody_may_see(world, visitor):
    factories.practice(world.a, by=world.people["official_a"], texts={"title": "Pour les membres"}, audience={"kind": "members"})
    assert "Pour les membres" not in text(visitor.get("/feeds/fr/practices/"))


def test_visits_are_not_recorded(world, visitor):
    before = Entry.objects.count()
    for path in ("/en/", "/en/charter/", "/en/search/?q=a", "/readyz"):
        visitor.get(path)
    assert Entry.objects.count() == before
