"""While the database rests, nobody waits for it: what is kept is shown, and the rest is refused with a sentence."""

import json
import threading
import time

import pytest

from alliance.http.pages import pages
from alliance.http.protocol import known
from alliance.pulse import HASTE, Pulse, pulse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["site", "plain"])
def server(request):
    return request.getfixturevalue(request.param)


def test_a_kept_page_is_shown_and_others_are_refused(server, monkeypatch):
    kept = server.ask("/page/")
    monkeypatch.setattr(pulse, "resting", True)
    assert server.ask("/page/").body == kept.body
    pages.clear()
    known.__init__()
    refused = server.ask("/page/", accept_language="de")
    assert refused.status == 503 and refused["Retry-After"] == "5" and refused["Cache-Control"] == "private, no-store"
    assert refused["Content-Language"] == "de" and b'<html lang="de"' in refused.body and b"Die Datenbank ruht" in refused.body
    problem = server.ask("/api/v1/cities/?lang=es", accept_language="de")
    assert problem["Content-Type"] == "application/problem+json" and problem["Content-Language"] == "es"
    told = json.loads(problem.body)
    assert (told["status"], told["resting"], told["type"]) == (503, "database", "/problems/resting")
    assert server.ask("/livez").status == 200
    monkeypatch.setattr(pulse, "resting", False)
    assert server.ask("/page/").status == 200


def test_the_pulse_is_lost_and_felt_again(monkeypatch):
    heart = Pulse()
    heart.watch()
    answers = threading.Event()
    monkeypatch.setattr(heart, "_ask", answers.is_set)
    try:
        assert not heart.lost(0.0, 0.0) and not heart.lost(0.1, 5.0)  # nobody has waited long enough to ask
        begun = time.monotonic()
        assert heart.lost(1.0, 1.0) and heart.resting
        assert heart.lost(0.0, 0.0)  # from now on nobody begins to wait
        assert time.monotonic() - begun < 2 * HASTE
        answers.set()
        end = time.monotonic() + 10
        while heart.resting and time.monotonic() < end:
            time.sleep(0.02)
        assert not heart.resting and not heart.lost(1.0, 1.0)  # slow, but alive
        assert heart.lost(0.1, 60.0)  # all things have an end
    finally:
        heart.close()
    assert not heart.lost(60.0, 60.0)  # in a command, one waits as long as it takes
