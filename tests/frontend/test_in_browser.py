"""What only a browser shows: suggestions while one types, and that no page scrolls sideways on a phone."""

from pathlib import Path

import pytest

from tests.journeys.conftest import CHROMIUM, browser, house  # noqa: F401 (fixtures)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="there is no Chromium here"),
]
PAGES = ("", "charter/", "charter/1/articles/3/?beside=de", "register/", "cities/", "practices/", "search/?q=refuge", "apply/?q=paris", "verify/", "about/imprint/")  # fmt: skip


def test_a_phone_shows_every_page_and_suggests_places(house, browser):  # noqa: F811
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="ar")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for language in ("fr", "ar", "de"):
        for path in PAGES:
            page.goto(f"{house.url}/{language}/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, (language, path)

    page.goto(f"{house.url}/ar/apply/")
    field = page.get_by_role("combobox")
    field.press_sequentially("باريس", delay=30)
    options = page.get_by_role("option")
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true" and "فرنسا" in options.first.inner_text()
    field.press("Escape")
    assert options.count() == 0 and field.input_value() == "باريس"
    field.press_sequentially(" ")
    options.first.wait_for()
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    field.press("Enter")
    page.wait_for_url("**place=2988507*")
    assert page.locator("[name=place]:checked").get_attribute("value") == "2988507"
    assert not complaints
    context.close()


def test_without_a_script_the_place_is_found_by_the_button(house, browser):  # noqa: F811
    context = browser.new_context(java_script_enabled=False, locale="fr")
    page = context.new_page()
    page.goto(f"{house.url}/fr/apply/")
    page.fill("#q", "Genève")
    page.locator("form[role=search] button").click()
    assert page.locator("[name=place][value='2660646']").count() == 1
    context.close()
