"""The page cache: who is shown a kept page, when it is forgotten, and what is never kept."""

import gzip
import time
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import transaction

from alliance.http import pages as cache
from alliance.http import version_key, versions
from alliance.http.pages import Page, Pages, key_of, pages
from alliance.http.protocol import known
from alliance.ledger.actions import announce, record
from alliance.ledger.events import Event
from alliance.ledger.models import Entry

from . import views
from .conftest import read_answer

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, kw_only=True)
class Tried(Event):
    """A trial took place."""

    name: ClassVar[str] = "trial.tried"

    @property
    def subject(self):
        return "trial:1"


def change():
    with transaction.atomic():
        record(Tried(), actor=None)


@pytest.fixture(params=["site", "plain"])
def server(request):
    return request.getfixturevalue(request.param)


def test_a_public_page_is_made_once_and_again_after_a_change(server):
    first = server.ask("/page/")
    assert [server.ask("/page/").body for _turn in range(3)] == [first.body] * 3
    assert len(views.calls) == 1
    change()
    second = server.ask("/page/")
    assert second.body != first.body and second["ETag"] != first["ETag"]
    assert server.ask("/page/").body == second.body
    assert len(views.calls) == 2


def test_a_change_made_by_another_process_is_seen_within_half_a_second(server):
    server.ask("/page/")
    Entry.objects.create(name="trial.tried", subject="trial:1", actor=None, facts={})  # no listener runs here
    time.sleep(versions.FRESH + 0.05)
    server.ask("/page/")
    assert len(views.calls) == 2


def test_a_rolled_back_change_and_a_mere_announcement_forget_nothing(server):
    server.ask("/page/")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(Tried(), actor=None)
        1 / 0  # noqa: B018
    with transaction.atomic():
        announce(Tried())
    server.ask("/page/")
    assert len(views.calls) == 1


def test_an_entry_that_becomes_visible_late_moves_the_version_too():
    """Ids are given out before the commit: the later commit may bring the smaller id."""
    Entry.objects.create(id=1001, name="a.b", subject="a:1", actor=None, facts={})
    before = version_key()
    Entry.objects.create(id=1000, name="a.b", subject="a:1", actor=None, facts={})
    assert version_key() != before


def test_each_language_has_its_page_and_a_language_cookie_wins(server):
    spoken = {"fr": b"in fr", "de-CH, en": b"in de", "xx, ar;q=0.3": b"in ar", "*": b"in en", "": b"in en"}
    for _turn in range(2):
        for accepted, words in spoken.items():
            assert words in server.ask("/page/", accept_language=accepted).body
        assert b"in it" in server.ask("/page/", accept_language="fr", cookie="django_language=it").body
        assert b"in en" in server.ask("/page/", accept_language="fr", cookie="django_language=en").body
    assert server.ask("/page/", accept_language="fr-CA;q=0.9").body == server.ask("/page/", accept_language="fr").body


def test_hosts_queries_and_fragments_are_kept_apart(server):
    said = {
        server.ask("/page/").body,
        server.ask("/page/", host="other.example").body,
        server.ask("/page/?a=1").body,
        server.ask("/page/", hx_request="true").body,
    }
    assert len(said) == 4
    assert server.ask("/page/", host="evil.example").status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "sessionid=abc"},
        {"cookie": "csrftoken=x; sessionid=abc"},
        {"cookie": "messages=hello"},
        {"cookie": "unheard-of=1"},
        {"authorization": "Bearer t"},
        {"range": "bytes=0-1"},
    ],
)
def test_whoever_may_be_known_goes_to_django_and_leaves_nothing(server, headers):
    server.ask("/page/", **headers)
    assert len(pages) == 0
    server.ask("/page/")
    server.ask("/page/", **headers)
    assert len(views.calls) == 3


def test_a_form_token_lets_a_reader_have_the_kept_page_but_not_give_it(server):
    server.ask("/page/", cookie="csrftoken=x")
    assert len(pages) == 0
    made = server.ask("/page/")
    assert server.ask("/page/", cookie="csrftoken=x").body == made.body


@pytest.mark.parametrize("kind", ["private", "silent", "cookie", "tagless", "odd", "missing"])
def test_what_does_not_say_it_is_public_is_never_kept(server, kind):
    for _turn in range(3):
        server.ask(f"/page/{kind}/")
    assert len(views.calls) == 3 and len(pages) == 0


def test_other_methods_and_bodies_are_not_answered_from_the_cache(server):
    server.ask("/page/")
    server.ask("/page/", "POST", b"x")
    server.ask("/page/", "GET", b"x")
    assert len(views.calls) == 3


def test_head_has_the_head_of_the_page(server):
    page = server.ask("/page/")
    head = server.ask("/page/", "HEAD")
    assert head.body == b"" and head["ETag"] == page["ETag"] and head["Content-Length"] == page["Content-Length"]
    assert len(views.calls) == 1


def test_a_head_is_never_kept_as_the_page(server):
    server.ask("/page/", "HEAD")
    assert len(pages) == 0
    assert server.ask("/page/").body


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '{}, W/"x"', "*"])
def test_who_has_the_page_is_told_so(server, form):
    page = server.ask("/page/")
    answer = server.ask("/page/", if_none_match=form.format(page["ETag"]))
    assert (answer.status, answer.body) == (304, b"")
    assert answer["ETag"] == page["ETag"] and answer["Cache-Control"] == page["Cache-Control"] and answer["Vary"] == page["Vary"]
    assert answer["Content-Length"] is None
    assert server.ask("/page/", if_none_match='"other"').status == 200
    change()
    assert server.ask("/page/", if_none_match=form.format(page["ETag"]).replace("*", '"x"')).status == 200


def test_pages_are_packed_for_those_who_take_it(server):
    plain = server.ask("/page/")
    packed = server.ask("/page/", accept_encoding="br, gzip;q=0.8")
    assert packed["Content-Encoding"] == "gzip" and len(packed.body) < len(plain.body) / 3
    assert packed["ETag"].startswith("W/") and "Accept-Encoding" in packed["Vary"] and "Accept-Encoding" in plain["Vary"]
    assert b"page 2 in en" in gzip.decompress(packed.body)
    again = server.ask("/page/", accept_encoding="gzip")
    assert again.body == packed.body and len(views.calls) == 2
    assert server.ask("/page/", accept_encoding="gzip", if_none_match=packed["ETag"]).status == 304
    assert server.ask("/page/", accept_encoding="gzip;q=0").body == plain.body
    assert server.ask("/page/private/", accept_encoding="gzip")["Content-Encoding"] is None


def test_the_same_bytes_are_answered_at_once_with_the_same_head_and_only_while_true(site):
    asked = b"GET /page/ HTTP/1.1\r\nHost: localhost\r\nAccept-Language: fr\r\n\r\n"
    with site.connect() as line:

        def again(raw=asked):
            line.sendall(raw)
            return read_answer(line)

        made = again()
        assert len(known) == 1
        kept = again()
        assert (kept.status, kept.body) == (made.status, made.body)
        same = {name.lower(): value for name, value in made.headers}
        assert {name.lower(): value for name, value in kept.headers}.keys() == same.keys()
        assert again(asked[:20] + asked[20:]).body == made.body
        for piece in (asked[:30], asked[30:]):  # in two pieces: not recognised, and answered all the same
            line.sendall(piece)
            time.sleep(0.05)
        assert read_answer(line).body == made.body
        known_tag = asked[:-2] + f"If-None-Match: {made['ETag']}\r\n\r\n".encode()
        assert [again(known_tag).status for _turn in range(3)] == [304] * 3
        assert again().body == made.body
        line.sendall(asked + asked + known_tag)  # pipelined
        assert [read_pipelined(line) for _turn in range(3)] == [200, 200, 304]
        change()
        assert again().body != made.body
        assert again(known_tag).status == 200
        again(b"POST /echo/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(asked) + asked)
        line.sendall(b"POST /echo/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(asked))
        time.sleep(0.05)
        line.sendall(asked)  # the same bytes, as the body of another request
        assert b'"POST"' in read_answer(line).body


def read_pipelined(line):
    """One of several answers that may come in one piece: read to the byte."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += line.recv(1)
    length = next((int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length")), 0)
    while length:
        length -= len(line.recv(length))
    return int(head.split()[1])


def test_a_connection_that_is_to_be_closed_is_closed(site):
    asked = b"GET /page/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    for _turn in range(3):
        with site.connect() as line:
            line.sendall(asked)
            assert b"page 1" in read_answer(line).body
            assert line.recv(1) == b""
    assert len(known) == 0


def test_known_pages_are_served_while_the_database_rests(site, django_db_blocker):
    page = site.ask("/page/")
    versions.versions.close()
    versions.versions.forget()
    with django_db_blocker.block():
        assert site.ask("/page/").body == page.body
    versions.versions.forget()
    change()
    assert site.ask("/page/").body != page.body


def test_the_cache_is_bounded_and_forgets_the_least_asked_for():
    few = Pages(limit=10 * 1512)
    for number in range(10):
        few.put((str(number),), Page(1, "t", [], b"x" * 1000, time.monotonic()))
    assert len(few) == 10 and few.get(("0",), 1)
    few.put(("new",), Page(1, "t", [], b"x" * 1000, time.monotonic()))
    assert few.size <= few.limit
    assert few.get(("0",), 1) and few.get(("1",), 1) is None
    few.put(("new",), Page(1, "t", [], b"y" * 9000, time.monotonic()))
    assert few.size <= few.limit and few.get(("new",), 1).body[:1] == b"y"
    assert few.get(("new",), 2) is None and few.get(("new",), 1) is None
    few.clear()
    assert few.size == 0


def test_a_page_does_not_outlive_its_day(monkeypatch):
    few = Pages()
    few.put(("a",), Page(1, "t", [], b"x", time.monotonic() - cache.LIFE - 1))
    assert few.get(("a",), 1) is None


def test_behind_a_proxy_the_scheme_is_part_of_the_key(settings):
    headers = {"host": "h", "x-forwarded-proto": "https"}
    assert key_of("GET", "http", ("/", ""), headers) == key_of("GET", "http", ("/", ""), {"host": "h"})
    settings.TRUSTED_PROXIES = 1
    assert key_of("GET", "http", ("/", ""), headers) != key_of("GET", "http", ("/", ""), {"host": "h"})
