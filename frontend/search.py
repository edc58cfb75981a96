"""Search, as a page: works as a plain form."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.languages.state import reader_language
from alliance.search import queries
from alliance.search.engines import Question
from exchanges.queries import targets
from exchanges.queries.audience import tokens_of
from members.policies.standing import standing_of
from members.queries import cities

from .caching import public_page

SIZE = 20
NARROWING = ("kind", "language", "theme", "city", "target")
KINDS = ("article", "city", "practice", "document", "message")


def _name_cities(found: dict, who) -> None:
    """The index knows cities by their slug; people know them by name."""
    rows = found["facets"]["city"]
    known = cities.cities_visible_to(who).filter(slug__in=[row["value"] for row in rows])
    names = {row["slug"]: row["name"] for row in cities.city_rows(known, reader_language())}
    for row in rows:
        row["label"] = names.get(row["value"], row["value"])


def _chosen(asked: dict, found: dict | None) -> list[dict]:
    """What the search is narrowed to, each with the name by which the facet shows it."""
    chosen = []
    for name in NARROWING:
        if asked[name]:
            rows = found["facets"].get(name, []) if found else []
            label = next((row.get("label", "") for row in rows if row["value"] == asked[name]), "")
            if name == "target":
                label = targets.label_of(asked[name], reader_language())
            chosen.append({"name": name, "value": asked[name], "label": label})
    return chosen


@require_safe
@public_page
def search(request):
    """`q` and the facets `kind`, `language`, `theme`, `city`."""
    who = standing_of(request.user)
    asked = {
        name: request.GET.get(name, "").replace("\x00", " ")[:200]
        for name in ("q", "kind", "language", "theme", "city", "target")
    }
    page = request.GET.get("page", "1")
    number = min(int(page), 100) if page.isascii() and page.isdigit() and len(page) < 5 and int(page) else 1
    question = Question(
        text=asked["q"],
        lang=reader_language(),
        tokens=tokens_of(who),
        kinds=(asked["kind"],) if asked["kind"] in KINDS else (),
        languages=(asked["language"],) if asked["language"] else (),
        themes=(asked["theme"],) if asked["theme"] else (),
        cities=(asked["city"],) if asked["city"] else (),
        targets=(asked["target"],) if asked["target"] else (),
        expand=request.GET.get("expand") != "off",
        offset=(number - 1) * SIZE,
        size=SIZE,
    )
    found = queries.search(who, question) if any(asked.values()) else None
    if found:
        _name_cities(found, who)
    context = {
        "asked": asked,
        "found": found,
        "chosen": _chosen(asked, found),
        "number": number,
        "after": bool(found and found["total"] > number * SIZE),
    }
    return render(request, "search.html", context)
