"""A room while Redis rests, as people in it see it: nothing is lost, and the page says what is the matter."""

import os
import re

import pytest

from tests.proxy import Proxy

from .conftest import founded
from .house import House
from .test_api import Program, admitted

pytestmark = [pytest.mark.browser, pytest.mark.service("REDIS_URL"), pytest.mark.timeout(240)]


@pytest.fixture
def door():
    made = Proxy(os.environ["REDIS_URL"])
    yield made
    made.close()


@pytest.fixture
def house(tmp_path, door):
    yield from founded(House(tmp_path, REDIS_URL=door.url))


def test_the_page_says_that_live_rests_and_loses_nothing(browser, house, door):
    secretariat = Program(house, "secretariat@network.example")
    place = Program(house).get("places/", q="Tunis")["results"][0]["id"]
    city = admitted(house, secretariat, place, "office@tn.example", "en")
    office = Program(house, "office@tn.example")
    room = office.post("rooms/", {"title": "Shade", "audience": {"kind": "cities", "cities": [city]}})["id"]
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(house.manage("sign_in_link", "office@tn.example"))
    page.goto(f"{house.url}/en/rooms/{room}/")
    page.wait_for_selector("#live.true", timeout=20_000)

    door.freeze()
    page.wait_for_selector("#live.warn", timeout=10_000)
    assert re.search("resting", page.locator("#live").inner_text())
    office.post(f"rooms/{room}/messages/", {"text": "While it rests", "nonce": "1"})
    page.locator("#said .said", has_text="While it rests").wait_for(timeout=10_000)
    page.fill("#say textarea", "From the page")
    page.click("#say button.do")
    page.locator("#said .said", has_text="From the page").wait_for(timeout=5_000)
    assert house.state()["parts"]["live"] == "degraded"

    door.thaw()
    page.wait_for_selector("#live.true", timeout=20_000)
    office.post(f"rooms/{room}/messages/", {"text": "And again", "nonce": "2"})
    page.locator("#said .said", has_text="And again").wait_for(timeout=5_000)
    said = page.locator("#said .said").all_inner_texts()
    assert said == ["While it rests", "From the page", "And again"]
    context.close()
