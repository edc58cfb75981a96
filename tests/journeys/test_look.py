"""The whole demonstration network on a phone: nothing scrolls sideways, nothing is too small to hit, no script complains."""

import pytest
from pypdfium2 import PdfDocument

from .house import House

pytestmark = pytest.mark.browser
WIDTH, LANGUAGES = 360, ("fr", "ar", "de")
PUBLIC = (
    "", "charter/", "charter/?beside=ar", "charter/1/articles/14/", "register/", "verify/", "cities/", "cities/freiburg-im-breisgau/", "practices/",
    "practices/1/", "practices/7/", "practices/20/", "search/?q=refuge", "search/?q=qqqq", "apply/", "apply/?q=paris", "documents/", "documents/1/",
    "invitation/", "about/accessibility/", "about/privacy/", "about/imprint/", "nowhere/", "/accounts/login/", "/accounts/login/code/",
)  # fmt: skip
OFFICE = (
    "desk/", "rooms/", "rooms/1/", "rooms/open/", "rooms/1/people/", "practices/write/", "practices/20/", "practices/1/", "documents/share/",
    "cities/bologna/officials/", "cities/bologna/describe/", "report/practice/20/", "practices/20/transfer/", "practices/1/translate/fr/",
    "/accounts/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/sessions/",
)  # fmt: skip
STAFF = ("desk/", "desk/applications/", "desk/practices/", "desk/cities/", "desk/reports/")

# Anything wider than the page, and not in something that scrolls by itself; links in running text may be as low as their line.
MEASURE = """() => {
  const faults = [], scrolls = '.scroll, .doors, .room aside nav, .choose ul, .unseen, .skip';
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`scrolls sideways: ${document.documentElement.scrollWidth}`);
  for (const one of document.querySelectorAll('main *, header *, footer *')) {
    const box = one.getBoundingClientRect();
    if (box.width && (box.right > innerWidth + 1 || box.left < -1) && !one.closest(scrolls)) faults.push(`sticks out: ${one.outerHTML.slice(0, 80)}`);
  }
  for (const one of document.querySelectorAll('a, button, select, textarea, summary, label:has(input), input:not([type=hidden])')) {
    const box = one.getBoundingClientRect(), running = one.matches('p:not(.flush) a, .said a, .text a, figcaption + a');
    if (!box.width || running || one.closest('.unseen, .skip, svg') || one.closest('label') && one.localName == 'input') continue;
    if (box.height < 43.5) faults.push(`${Math.round(box.height)} px high: ${one.outerHTML.slice(0, 80)}`);
  }
  for (const one of document.querySelectorAll('.scroll')) {
    if (one.scrollWidth > one.clientWidth + 1) faults.push(`a table goes on beside the screen: ${one.scrollWidth}`);
  }
  return faults;
}"""


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("look"))
    house.manage("migrate", "-v0")
    house.manage("demonstrate")
    house.start()
    yield house
    house.stop()


@pytest.mark.parametrize(
    ("person", "pages"),
    [(None, PUBLIC), ("office@bologna.demo.example", OFFICE), ("secretariat@demo.example", STAFF)],
    ids=["the public", "an office", "the secretariat"],
)
def test_a_phone_shows_every_page_whole(demonstration, browser, person, pages):
    faults: list[str] = []
    context = browser.new_context(viewport={"width": WIDTH, "height": 800}, has_touch=True, locale="fr")
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: faults.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    if person:
        page.goto(demonstration.manage("sign_in_link", person))
    for language in LANGUAGES:
        for path in pages:
            before = len(faults)
            page.goto(demonstration.url + (f"{path}?lang={language}" if path.startswith("/") else f"/{language}/{path}"))
            if path == "nowhere/":
                del faults[before:]  # the browser itself notes a 404
            faults += [f"{language} {path}: {fault}" for fault in page.evaluate(MEASURE)]
    context.close()
    assert faults == []


def test_no_table_goes_on_beside_a_wide_screen(demonstration, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for language in LANGUAGES:
        for path in ("", "register/", "cities/", "cities/graz/"):
            page.goto(f"{demonstration.url}/{language}/{path}")
            beside = page.evaluate(
                "[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth + 1).length"
            )
            assert not beside, (language, path)
    page.close()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_room_opens_at_its_end_and_a_line_that_comes_in_is_like_the_others(demonstration, browser, language):
    context = browser.new_context(viewport={"width": WIDTH, "height": 740}, has_touch=True, locale=language)
    page = context.new_page()
    page.goto(demonstration.manage("sign_in_link", "office@bologna.demo.example"))
    page.goto(f"{demonstration.url}/{language}/rooms/1/")
    page.wait_for_selector("#live.true", timeout=20_000)
    field = page.locator("#say textarea")
    box = field.bounding_box()
    assert box and 0 < box["y"] < 740 - box["height"], "the field is in sight"
    last = page.locator("#said > li").last
    last.locator(".more summary").click()
    last.locator("[data-reply]").click()
    assert page.locator("#answering").is_visible()
    field.fill("Una riga.\nE un’altra.")
    page.click("#say button.do")
    page.wait_for_selector("#answering", state="hidden")
    assert page.evaluate(MEASURE) == []
    shown = [line.inner_text() for line in page.locator("#said > li").all()[-2:]]
    doors = page.locator("#said > li").last.evaluate(
        "(row) => [...row.querySelectorAll('a, form')].map((one) => one.href || one.action)"
    )
    page.reload()
    assert [line.inner_text() for line in page.locator("#said > li").all()[-2:]] == shown
    assert (
        page.locator("#said > li").last.evaluate(
            "(row) => [...row.querySelectorAll('a, form')].map((one) => one.href || one.action)"
        )
        == doors
    )
    context.close()


def test_the_charter_prints_without_what_belongs_to_the_screen(demonstration, browser):
    page = browser.new_page()
    page.goto(f"{demonstration.url}/fr/charter/")
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible() and page.locator(".text").first.is_visible() and page.locator(".tongue").is_visible()
    shown = [
        name
        for name in (".mast", ".foot", ".demo", "main nav", "main details")
        if page.locator(f"{name} >> visible=true").count()
    ]
    assert shown == [".demo"]  # a printed page of the demonstration says so too
    printed = page.pdf(format="A4")
    assert len(PdfDocument(printed)) <= 9  # article after article, without half-empty pages
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_named_cities_are_all_in_sight_once_they_are_asked_for(demonstration, browser, width):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(demonstration.manage("sign_in_link", "office@bologna.demo.example"))
    for language in ("fr", "ar"):
        for path in ("rooms/open/", "documents/share/", "practices/write/"):
            page.goto(f"{demonstration.url}/{language}/{path}")
            cities = page.locator("#id_audience_cities")
            assert not cities.is_visible()
            page.check("input[name=audience][value=cities]")
            assert cities.is_visible() and cities.locator("input").count() > 20
            assert cities.evaluate("box => box.scrollHeight <= box.clientHeight"), (language, path)
            last = cities.locator("label").last.bounding_box()
            assert last and last["height"] >= 43.5
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_dots_of_the_map_do_not_touch(demonstration, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    for path in ("", "cities/"):
        page.goto(f"{demonstration.url}/fr/{path}")
        touching = page.evaluate("""() => {
          const dots = [...document.querySelectorAll(".map .seat")].map((dot) => dot.getBoundingClientRect()).filter((box) => box.width);
          const near = (one, other) => Math.hypot(one.x - other.x, one.y - other.y) < one.width + 0.8;
          return [dots.length, dots.flatMap((one, at) => dots.slice(at + 1).filter((other) => near(one, other))).length];
        }""")
        assert touching[0] > 20 and touching[1] == 0, (path, touching)
        named = page.locator(".map a title").all_text_contents() if path else []
        assert set(named) <= set(page.locator("table a").all_text_contents())
    page.close()
