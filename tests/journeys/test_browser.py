"""The main job, end to end, in a real browser: a city of Italian language joins, signs and shares; an Arabic one finds it and talks."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import expect

from .test_api import PDF, Program, admitted, eventually

pytestmark = pytest.mark.browser


def totp(secret: str) -> str:
    """The code of an authenticator app (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Person:
    """Somebody at a browser of their own. Whatever the browser complains about is kept."""

    def __init__(self, browser, house, language: str):
        self.house, self.language = house, language
        self.context = browser.new_context(locale=language, viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(90_000)  # a busy machine is no reason to fail
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if "Content Security Policy" in said.text else None
        )

    def go(self, path: str) -> None:
        self.page.goto(self.house.url + (path if path.startswith("/accounts") else f"/{self.language}/{path}"))

    def send(self, within: str = "main") -> None:
        """Press the page's first submit button."""
        self.press(f"{within} form[method=post] button:not([formnovalidate])")

    def press(self, button: str) -> None:
        """Press what leads to another page, and wait for it."""
        with self.page.expect_navigation(timeout=60_000):
            self.page.locator(button).first.click()

    def finds(self, address: str) -> int:
        """How many results a search shows."""
        self.go(address)
        return self.page.locator(".items h2 a").count()

    def sees(self, text: str) -> bool:
        return text in self.page.locator("body").inner_text()

    def sign_in_with_code(self, email: str) -> None:
        self.go("/accounts/login/code/")
        before = len(self.house.letters(email))
        self.page.fill("[name=email]", email)
        self.send()
        self.page.fill("[name=code]", self.house.code(email, after=before))
        self.send()

    def set_up_second_factor(self) -> None:
        """Whoever is led to an authenticator app sets it up, and is brought back."""
        assert "/accounts/2fa/totp/activate" in self.page.url, self.page.url
        secret = self.page.locator("#authenticator_secret").input_value()
        self.page.fill("[name=code]", totp(secret))
        self.send()


@pytest.fixture
def person(browser, anywhere):
    house, made = anywhere, []

    def at(language: str) -> Person:
        made.append(Person(browser, house, language))
        return made[-1]

    yield at
    complaints = [complaint for each in made for complaint in each.complaints]
    for each in made:
        each.context.close()
    assert not complaints


def test_two_cities_meet(anywhere, person, tmp_path):
    house = anywhere
    secretariat = person("en")
    secretariat.page.goto(house.manage("sign_in_link", "secretariat@network.example"))

    # Bologna applies and confirms, in Italian, without an account.
    visitor = person("it")
    visitor.go("apply/?q=bologna")
    visitor.page.locator("[name=place]").first.check()
    for field, words in {
        "contact_name": "Ufficio internazionale",
        "role": "Ufficio",
        "motivation": "Condividiamo la Carta.",
    }.items():
        visitor.page.fill(f"[name={field}]", words)
    visitor.page.fill("[name=contact_email]", "office@bo.example")
    visitor.send()
    assert re.search(r"/it/apply/\d+/$", visitor.page.url), visitor.page.locator("main").inner_text()
    visitor.page.fill("[name=code]", "XXXX2222")
    visitor.send()
    assert visitor.page.locator(".problem").is_visible() and visitor.page.locator("[name=code]").input_value() == "XXXX2222"
    visitor.page.fill("[name=code]", house.code("office@bo.example"))
    visitor.send()

    # The secretariat needs a second factor for this, and is brought back to it.
    secretariat.go("desk/applications/1/")
    secretariat.set_up_second_factor()
    assert secretariat.page.url.endswith("/en/desk/applications/1/"), secretariat.page.locator("main").inner_text()
    secretariat.page.fill("[name=reason]", "Welcome.")
    secretariat.press("button[value=admit]")

    # Bologna's office signs in by a code and invites the signatory, who signs the exact text.
    office = person("it")
    office.sign_in_with_code("office@bo.example")
    office.go("cities/bologna/officials/")
    office.page.fill("[name=email]", "mayor@bo.example")
    office.page.check("[name=role][value=signatory]")
    office.send("main section")
    mayor = person("it")
    mayor.go("invitation/")
    mayor.page.fill("[name=code]", house.code("mayor@bo.example"))
    mayor.send()
    mayor.go("cities/bologna/sign/")
    mayor.set_up_second_factor()
    assert mayor.page.url.endswith("/it/cities/bologna/sign/"), mayor.page.locator("main").inner_text()
    for field, words in {
        "date": "2026-10-12",
        "reference": "DC/2026/114",
        "votes_for": "31",
        "votes_against": "4",
        "abstentions": "2",
    }.items():
        mayor.page.fill(f"[name={field}]", words)
    mayor.page.check("[name=read]")
    mayor.send()
    assert mayor.page.url.endswith("/it/cities/bologna/"), mayor.page.locator("main").inner_text()

    # The office shares a practice with a PDF; the secretariat publishes it.
    office.go("practices/write/")
    texts = {
        "title": "Cortili scolastici aperti", "summary": "Nove cortili senza asfalto.", "context": "Notti calde.",
        "action": "Abbiamo tolto l’asfalto.", "results": "Più ombra.", "failed": "Il primo anno mancava l’acqua.", "cost": "Poco.",
    }  # fmt: skip
    for field, words in texts.items():
        office.page.fill(f"[name={field}]", words)
    office.page.check("[name=audience][value=public]")
    office.send()
    assert re.search(r"/practices/\d+/", office.page.url), office.page.locator("main").inner_text()[:1500]
    practice = int(re.search(r"/practices/(\d+)/", office.page.url)[1])
    office.press(f"form[action$='/practices/{practice}/submit/'] button")
    secretariat.go(f"desk/practices/{practice}/")
    secretariat.press("button[value=publish]")
    file = tmp_path / "cisterne.pdf"
    file.write_bytes(PDF)
    office.go(f"documents/share/?practice={practice}")
    office.page.set_input_files("[name=file]", file)
    office.page.fill("[name=title]", "Piani delle cisterne")
    office.page.check("[name=audience][value=public]")
    office.send()
    assert "/it/documents/" in office.page.url

    # Tunis, in Arabic, finds both and opens a room with Bologna.
    api = Program(house, "secretariat@network.example")
    tunis = admitted(house, api, Program(house).get("places/", q="Tunis")["results"][0]["id"], "office@tn.example", "ar")
    assert tunis == "tunis"
    other = person("ar")
    other.sign_in_with_code("office@tn.example")
    for words, kind in (("cortile", "practice"), ("cisterne", "document")):
        assert eventually(lambda address=f"search/?q={words}&kind={kind}": other.finds(address))
    assert other.page.locator("html").get_attribute("dir") == "rtl"
    other.go("rooms/open/?with=bologna")
    other.page.fill("[name=title]", "الأفنية المدرسية")
    other.page.check("[name=audience][value=cities]")
    if not other.page.is_checked("[name=audience_cities][value=bologna]"):
        other.page.check("[name=audience_cities][value=bologna]")
    other.send()
    room = int(re.search(r"/rooms/(\d+)/", other.page.url)[1])

    # What one says the other sees without reloading, also after the server was killed in between.
    office.go(f"rooms/{room}/")
    for who in (office, other):
        who.page.wait_for_selector("#live.true", timeout=60_000)
    say(other, "مرحبا بولونيا")
    assert heard(office, "مرحبا بولونيا")
    house.kill()
    office.page.wait_for_selector("#live.warn", timeout=60_000)
    house.start()
    for who in (office, other):
        who.page.wait_for_selector("#live.true", timeout=60_000)
    say(office, "Buongiorno Tunisi")
    assert heard(other, "Buongiorno Tunisi")
    said = [row["text"] for row in Program(house, "office@tn.example").get(f"rooms/{room}/messages/")["results"]]
    assert said == ["مرحبا بولونيا", "Buongiorno Tunisi"]

    # Without a script the same room works by reloading.
    plain = office.context.browser.new_context(
        java_script_enabled=False, locale="it", storage_state=office.context.storage_state()
    )
    page = plain.new_page()
    page.goto(f"{house.url}/it/rooms/{room}/")
    page.fill("textarea[name=text]", "Senza script")
    with page.expect_navigation():
        page.click("#say button")
    assert "Senza script" in page.locator("#said").inner_text()
    plain.close()
    assert heard(other, "Senza script")

    # A visitor reads the charter in Arabic and sees the city in the register.
    reader = person("ar")
    reader.go("charter/")
    assert (
        reader.page.locator("section.article").count() == 15 and reader.page.locator(".text").first.get_attribute("lang") == "ar"
    )
    reader.go("register/")
    assert reader.sees("DC/2026/114")
    assert not reader.context.cookies()


def say(who: Person, words: str) -> None:
    """Say it in the room, and wait until it was taken: only then does it stand on the page, and the field is free for more."""
    who.page.fill("#say textarea", words)
    who.page.click("#say button.do")
    expect(who.page.locator("#say textarea")).to_have_value("", timeout=30_000)


def heard(who: Person, words: str) -> bool:
    who.page.locator("#said .said", has_text=words).first.wait_for(timeout=30_000)
    return True
