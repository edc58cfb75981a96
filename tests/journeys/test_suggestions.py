"""Finding one's city: suggestions while one types, a button where there is no script."""

import pytest

pytestmark = pytest.mark.browser


def test_places_are_suggested_while_one_types(house, browser):
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="ar")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{house.url}/ar/apply/")
    field = page.get_by_role("combobox")
    field.press_sequentially("باريس", delay=30)
    options = page.get_by_role("option")
    options.filter(has_text="فرنسا").first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    field.press("Escape")
    assert options.count() == 0 and field.input_value() == "باريس"
    field.press_sequentially(" ")
    options.first.wait_for()
    assert "فرنسا" in options.first.inner_text()
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    field.press("Enter")
    page.wait_for_url("**place=2988507*")
    assert page.locator("[name=place]:checked").get_attribute("value") == "2988507"
    assert not complaints
    context.close()


@pytest.mark.parametrize("key", ["Escape", "Tab"])
def test_who_is_done_with_the_suggestions_is_not_shown_those_still_on_their_way(house, browser, key):
    context = browser.new_context(locale="fr")
    page = context.new_page()
    page.route("**/places/*", lambda _route: None)  # no answer comes, until one is asked for anew
    page.goto(f"{house.url}/fr/apply/")
    field = page.get_by_role("combobox")
    with page.expect_request("**/places/*"):
        field.press_sequentially("Paris")
    with page.expect_event("requestfailed") as given_up:
        field.press(key)
    assert "/places/" in given_up.value.url and page.get_by_role("option").count() == 0
    context.close()


def test_without_a_script_the_place_is_found_by_the_button(house, browser):
    context = browser.new_context(java_script_enabled=False, locale="fr")
    page = context.new_page()
    page.goto(f"{house.url}/fr/apply/")
    page.fill("#q", "Genève")
    with page.expect_navigation():
        page.locator("form[role=search] button").click()
    assert page.locator("[name=place][value='2660646']").count() == 1
    context.close()
