"""`make pictures`: the main pages of the demonstration network in French and Arabic, at 360 and 1280 px, into build/pictures/."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys.conftest import CHROMIUM, QUIET
from tests.journeys.house import ROOT, House

OUT = ROOT / "build" / "pictures"
LANGUAGES, WIDTHS = ("fr", "ar"), (360, 1280)
PUBLIC = {
    "home": "", "charter": "charter/", "charter-beside": "charter/?beside=es", "article": "charter/1/articles/3/", "cities": "cities/",
    "city": "cities/bologna/", "register": "register/", "practices": "practices/", "practice": "practices/1/", "search": "search/?q=refuge",
    "search-none": "search/?q=qqqq", "apply": "apply/", "apply-found": "apply/?q=napoli", "verify": "verify/", "documents": "documents/",
    "document": "documents/1/", "invitation": "invitation/", "about": "about/accessibility/", "nowhere": "nowhere/",
}  # fmt: skip
OFFICE = {
    "desk": "desk/", "rooms": "rooms/", "room": "rooms/1/", "room-open": "rooms/open/", "room-people": "rooms/1/people/",
    "practice-write": "practices/write/", "practice-own": "practices/1/", "practice-translate": "practices/1/translate/pt/",
    "practice-transfer": "practices/20/transfer/", "document-share": "documents/share/", "officials": "cities/bologna/officials/",
    "city-describe": "cities/bologna/describe/", "city-facts": "cities/bologna/facts/", "report": "report/practice/20/", "account": "/accounts/", "sessions": "/accounts/sessions/",
    "second-factor": "/accounts/2fa/", "authenticator": "/accounts/2fa/totp/activate/",
}  # fmt: skip
SECRETARIAT = {
    "secretariat-desk": "desk/",
    "admissions": "desk/applications/",
    "submissions": "desk/practices/",
    "seats": "desk/cities/",
}
MODERATOR = {"moderator-desk": "desk/", "reports": "desk/reports/"}
ACCOUNTS = {"sign-in": "/accounts/login/", "code": "/accounts/login/code/"}


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="alliance-pictures-") as folder:
        house = House(Path(folder))
        house.manage("migrate", "-v0")
        house.manage("catalogues", "compile")
        house.manage("demonstrate")
        house.start()
        try:
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
                wide = [shoot(chromium, house, language, width, wanted) for language in LANGUAGES for width in WIDTHS]
                chromium.close()
        finally:
            house.stop()
    faults = [fault for found in wide for fault in found]
    for fault in faults:
        print(fault)
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.relative_to(ROOT)}; {len(faults)} faults")
    return 1 if faults else 0


def shoot(chromium, house: House, language: str, width: int, wanted: set[str]) -> list[str]:
    """Every page once; a page that scrolls sideways, or that the browser complains about, is a fault."""
    faults: list[str] = []
    groups = [
        (None, PUBLIC),
        (None, ACCOUNTS),
        ("office@bologna.demo.example", OFFICE),
        ("secretariat@demo.example", SECRETARIAT),
        ("moderator@demo.example", MODERATOR),
    ]
    for person, pages in groups:
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale=language)
        page = context.new_page()
        page.on("console", lambda said: faults.append(f"console: {said.text}") if said.type == "error" else None)
        if person:
            page.goto(house.manage("sign_in_link", person))
        for name, path in pages.items():
            if wanted and name not in wanted:
                continue
            before = len(faults)
            page.goto(house.url + (f"{path}?lang={language}" if path.startswith("/") else f"/{language}/{path}"))
            if name == "nowhere":
                del faults[before:]
            page.wait_for_timeout(150)
            page.screenshot(path=OUT / f"{name}-{language}-{width}.png", full_page=True)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{name} {language} {width}: scrolls sideways")
        context.close()
    return faults


if __name__ == "__main__":
    sys.exit(main())
