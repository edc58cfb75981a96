"""Search, as a page: works as a plain form."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.languages.state import reader_language
from alliance.search import queries
from alliance.search.engines import Question
from exchanges.queries.audience import tokens_of
from members.policies.standing import standing_of

from .caching import public_page

SIZE = 20
KINDS = ("article", "city", "practice", "document", "message")


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
    context = {"asked": asked, "found": found, "number": number, "after": bool(found and found["total"] > number * SIZE)}
    return render(request, "search.html", context)
