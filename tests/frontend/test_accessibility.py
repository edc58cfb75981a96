"""What a page owes to somebody who does not see it: one heading, landmarks, languages, labels. Read from the HTML, without a browser."""

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from alliance.languages.tongues import CODES

from .conftest import text

FOR_ALL = (
    "", "charter/", "charter/?beside=ar", "charter/1/articles/3/", "register/", "verify/", "verify/?hash=000000000000", "cities/",
    "cities/tunis/", "practices/", "practices/{published}/", "documents/", "search/", "search/?q=schoolyards", "apply/", "apply/?q=paris",
    "invitation/", "about/accessibility/", "about/privacy/", "about/imprint/", "nowhere/", "/accounts/login/", "/accounts/login/code/",
    "/accounts/password/reset/",
)  # fmt: skip
FOR_OFFICIALS = (
    "desk/", "rooms/", "rooms/open/", "rooms/{room}/", "rooms/{room}/people/", "rooms/{room}/messages/1/", "practices/write/",
    "practices/{published}/", "practices/{draft}/change/", "practices/{published}/translate/fr/", "documents/share/", "documents/{document}/",
    "cities/{city}/officials/", "cities/{city}/describe/", "cities/{city}/facts/", "cities/tunis/", "report/practice/{published}/", "/accounts/",
    "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/sessions/", "/accounts/email/",
    "/accounts/password/set/",
)  # fmt: skip
FOR_STAFF = ("desk/", "desk/applications/", "desk/practices/", "desk/cities/", "desk/reports/")

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"hidden", "submit", "button"}


class Page(HTMLParser):
    """The elements of a page, each with its attributes, the elements around it and its text."""

    def __init__(self, html: str):
        super().__init__()
        self.all: list[dict] = []
        self.open: list[dict] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", "around": [outer["tag"] for outer in self.open], **dict(attrs)}
        self.all.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if any(element["tag"] == tag for element in self.open):
            while self.open.pop()["tag"] != tag:
                pass

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def of(self, *tags: str) -> list[dict]:
        return [element for element in self.all if element["tag"] in tags]


def faults(page: Page) -> list[str]:
    """What is missing on a page, a few words each."""
    ids = [element["id"] for element in page.all if element.get("id")]
    found = [f"the id {name} stands twice" for name in set(ids) if ids.count(name) > 1]
    found += [
        f"{len(page.of(tag))} of {tag}" for tag in ("h1", "main", "header", "footer", "title") if len(landmarks(page, tag)) != 1
    ]
    levels = [int(element["tag"][1]) for element in page.of("h1", "h2", "h3", "h4", "h5", "h6")]
    found += [f"h{after} follows h{before}" for before, after in itertools.pairwise(levels) if after > before + 1]
    found += ["an empty heading" for element in page.of("h1", "h2", "h3") if not element["text"].strip()]
    found += ["a nav without a name" for element in page.of("nav") if not element.get("aria-label")]
    found += [
        "an aside without a name" for element in page.of("aside") if len(page.of("aside")) > 1 and not element.get("aria-label")
    ]
    found += ["an img without alt" for element in page.of("img") if "alt" not in element]
    found += ["a drawing without a name" for element in page.of("svg") if not {"aria-label", "aria-hidden"} & set(element)]
    found += ["a th without scope" for element in page.of("th") if element.get("scope") not in ("col", "row")]
    found += ["a table that does not scroll" for element in page.of("table") if element["around"][-1:] != ["div"]]
    found += [
        f"nothing names {element.get('name')}" for element in page.of("input", "select", "textarea") if not named(page, element)
    ]
    found += [
        f"a {e['tag']} without words"
        for e in page.of("a", "button", "summary", "label")
        if not (spoken(e) or "svg" in e["around"])
    ]
    found += [
        f"lang={element['lang']!r}"
        for element in page.all
        if "lang" in element and not re.fullmatch(r"[a-z]{2,3}", element["lang"] or "")
    ]
    found += [
        f"dir={element['dir']!r}" for element in page.all if "dir" in element and element["dir"] not in ("ltr", "rtl", "auto")
    ]
    found += [f"style on {element['tag']}" for element in page.all if "style" in element or element["tag"] == "style"]
    links = [element.get("href", "") for element in page.of("a")]
    found += [f"{href} leads nowhere" for href in links if href.startswith("#") and href[1:] not in ids]
    if not page.of("a") or page.of("a")[0].get("href") != "#main":
        found.append("the first link does not skip to the content")
    return found


def landmarks(page: Page, tag: str) -> list[dict]:
    """`header` and `footer` are landmarks outside of articles and lists only; a drawing's `title` is not the page's."""
    inside = {"article", "section", "main", "li", "svg"}
    return [element for element in page.of(tag) if tag in ("h1", "main") or not inside & set(element["around"])]


def named(page: Page, field: dict) -> bool:
    if field.get("type") in SILENT or field.get("aria-label") or field.get("aria-labelledby") or "label" in field["around"]:
        return True
    return any(label.get("for") == field.get("id") and label["text"].strip() for label in page.of("label"))


def spoken(element: dict) -> bool:
    return bool(element["text"].strip() or element.get("aria-label") or element.get("title"))


def check(client, paths, world, language: str) -> None:
    names = {"published": world.published.pk, "draft": world.draft.pk, "document": world.document.pk, "room": world.room.pk}
    wrong = []
    for path in paths:
        here = path.format(city=world.a.slug, **names)
        address = f"{here}?lang={language}" if here.startswith("/") else f"/{language}/{here}"
        html = text(client.get(address, follow=True))
        wrong += [f"{address}: {fault}" for fault in faults(Page(html))]
        if f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' not in html:
            wrong.append(f"{address}: the page does not say its language and direction")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_pages_for_all(world, visitor, language):
    check(visitor, FOR_ALL, world, language)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_pages_for_officials(world, at, language):
    check(at("official_a"), FOR_OFFICIALS, world, language)


def test_pages_for_the_secretariat(world, at):
    check(at("secretariat"), FOR_STAFF, world, "es")


def test_a_form_that_comes_back_says_what_is_wrong_and_where(world, visitor):
    page = Page(text(visitor.post("/fr/apply/", {"q": "Paris", "contact_email": "no", "motivation": "Nous voulons entrer."})))
    assert not faults(page), faults(page)
    ids = {element["id"]: element for element in page.all if element.get("id")}
    address = next(element for element in page.of("input") if element.get("name") == "contact_email")
    assert address["aria-invalid"] == "true" and address["value"] == "no"
    assert all(ids[name]["text"].strip() for name in address["aria-describedby"].split())
    assert any(element.get("role") == "alert" and "tabindex" in element for element in page.all)
    assert "Nous voulons entrer." in next(element["text"] for element in page.of("textarea"))


def test_every_language_is_offered_under_its_own_name(world, visitor):
    page = Page(text(visitor.get("/ar/")))
    offered = [element for element in page.of("a") if element.get("hreflang")]
    assert {element["hreflang"] for element in offered} <= set(CODES)
    assert all(element["lang"] == element["hreflang"] for element in offered)


# --- colours --------------------------------------------------------------------------------------------------------------

PAIRS = [
    (front, back)
    for front in ("ink", "soft", "link", "seal", "true", "warn", "machine")
    for back in ("paper", "sheet", "wash")
] + [("warn", "warn-wash"), ("ink", "warn-wash"), ("paper", "ink"), ("sheet", "seal"), ("paper", "link")]  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_pair_of_colours_can_be_read(scheme):
    """WCAG 2.2, 1.4.3: 4.5 to 1, for the tokens of the sheet, in both schemes."""
    sheet = (Path(settings.BASE_DIR) / "frontend/static/css/site.css").read_text()
    tokens = {name: pair[scheme] for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", sheet)}
    weak = []
    for front, back in PAIRS:
        light, dark = sorted((luminance(tokens[front]), luminance(tokens[back])), reverse=True)
        if (light + 0.05) / (dark + 0.05) < 4.5:
            weak.append((front, back, round((light + 0.05) / (dark + 0.05), 2)))
    assert weak == []
