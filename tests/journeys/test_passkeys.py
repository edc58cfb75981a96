"""Passkeys in a real browser, with an authenticator of the browser's own, under the site's content policy."""

import pytest

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


def test_a_passkey_is_added_and_then_signs_in_alone(browser, house):
    context = browser.new_context(locale="fr", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    line = context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    page.goto(house.manage("sign_in_link", "secretariat@network.example"))
    page.goto(f"{house.url}/accounts/2fa/webauthn/add/")
    page.check("[name=passwordless]")
    with page.expect_navigation():
        page.click("#mfa_webauthn_add")
    assert "/accounts/2fa/recovery-codes/" in page.url, page.locator("main").inner_text()
    page.goto(f"{house.url}/accounts/2fa/webauthn/")
    assert page.locator(".items li").count() == 1
    assert len(house.letters("secretariat@network.example")) == 1, "the news of it goes by letter"

    page.goto(f"{house.url}/accounts/logout/")
    with page.expect_navigation():
        page.locator("main button").click()
    page.goto(f"{house.url}/accounts/login/")
    with page.expect_navigation(url="**/desk/"):
        page.click("#passkey_login")
    # A passkey is a second factor: what needs one answers at once, here that there is no such city.
    answer = page.goto(f"{house.url}/en/desk/cities/nowhere/")
    assert (answer.status, answer.url) == (404, f"{house.url}/en/desk/cities/nowhere/")
    complaints = [said for said in complaints if "404" not in said]
    assert not complaints, complaints
    context.close()


def test_without_javascript_there_is_no_dead_button(browser, house):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{house.url}/accounts/login/")
    assert not page.locator("#passkey_login").is_visible()
    assert page.locator("main [name=password]").is_visible()
    context.close()
