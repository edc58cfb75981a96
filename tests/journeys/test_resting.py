"""Two people talk in a room while Redis goes and comes back: the page says so, and loses nothing."""

import os

import pytest
from redis import Redis

from tests.proxy import Proxy

from .conftest import founded
from .house import House
from .test_api import Program, admitted
from .test_browser import Person, heard, say

pytestmark = [pytest.mark.browser, pytest.mark.service("REDIS_URL")]

RESTING = {
    "fr": "le direct est au repos : les nouveaux messages arrivent un peu plus tard",
    "ar": "البث المباشر متوقف مؤقتاً: تصل الرسائل الجديدة بعد قليل",
}


@pytest.fixture
def proxy():
    facts = Redis.from_url(os.environ["REDIS_URL"]).connection_pool.connection_kwargs
    with Proxy(facts.get("host", "127.0.0.1"), facts.get("port", 6379)) as proxy:
        yield proxy


@pytest.fixture
def houses(tmp_path, proxy):
    """Two server processes of one network, side by side: what is said at the one is heard at the other only through Redis."""
    url = f"redis://127.0.0.1:{proxy.port}/0"
    one = founded(House(tmp_path, REDIS_URL=url))
    first = next(one)
    shared = {name: first.environment[name] for name in ("DATABASE_URL", "SHARED_NAME") if first.environment.get(name)}
    second = House(tmp_path, REDIS_URL=url, **shared)
    second.log = tmp_path / "second.log"
    second.start()
    yield first, second
    second.stop()
    next(one, None)


def test_live_rests_and_the_talk_goes_on(browser, houses, proxy):
    first, second = houses
    secretariat, visitor = Program(first, "secretariat@network.example"), Program(first)
    towns = {"lyon": ("Lyon", "fr"), "tunis": ("Tunis", "ar")}
    for slug, (name, language) in towns.items():
        place = visitor.get("places/", q=name)["results"][0]["id"]
        assert admitted(first, secretariat, place, f"office@{slug}.example", language) == slug
    lyon = Program(first, "office@lyon.example")
    room = lyon.post("rooms/", {"title": "Eau", "audience": {"kind": "cities", "cities": list(towns)}})["id"]
    lyon.post(f"rooms/{room}/messages/", {"text": "Bonjour  à\ntoutes", "nonce": "first"})

    people = [Person(browser, house, language) for house, (_name, language) in zip(houses, towns.values(), strict=True)]
    for who, house, slug in zip(people, houses, towns, strict=True):
        who.page.goto(house.manage("sign_in_link", f"office@{slug}.example"))
        who.go(f"rooms/{room}/")
        who.page.wait_for_selector("#live.true", timeout=60_000)
    one, two = people
    say(one, "Avant")
    assert heard(two, "Avant")

    proxy.cut()
    for who in people:
        who.page.wait_for_selector("#live.warn[data-state=resting]", timeout=30_000)
        assert who.page.locator("#live").inner_text() == RESTING[who.language]
        assert Program(who.house).http.get(f"{who.house.url}/readyz").json()["parts"]["live"] == "degraded"
    for number in range(3):
        say(one, f"Pendant {number}")
        assert one.page.locator("#said .said", has_text=f"Pendant {number}").count() == 1  # without waiting for live
        assert heard(two, f"Pendant {number}")
    say(two, "من الجهة الأخرى")
    assert heard(one, "من الجهة الأخرى")
    lyon.http.patch(f"rooms/{room}/messages/2/", json={"text": "Avant, corrigé"})

    proxy.restore()
    for who in people:
        who.page.wait_for_selector("#live.true", timeout=60_000)
        # What was changed meanwhile is level too, though it has no new number.
        who.page.locator("#said .said", has_text="Avant, corrigé").wait_for(timeout=30_000)
    say(two, "بعد")
    assert heard(one, "بعد")
    expected = ["Avant, corrigé", "Pendant 0", "Pendant 1", "Pendant 2", "من الجهة الأخرى", "بعد"]
    for who in people:
        assert who.page.locator("#said .said").all_inner_texts()[1:] == expected
        assert [
            int(seq) for seq in who.page.eval_on_selector_all("#said [data-seq]", "rows => rows.map(row => row.dataset.seq)")
        ] == list(range(1, 8))
        assert not who.complaints
        who.context.close()
    for house in houses:
        assert "Traceback" not in house.log.read_text()
