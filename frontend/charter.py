"""The charter: whole, by edition, and each article at its permanent address; with a second language beside it."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.accord.queries import editions
from alliance.errors import Unknown
from alliance.languages.state import reader_language
from alliance.languages.tongues import CODES, RIGHT_TO_LEFT

from .caching import public_page


@require_safe
@public_page
def charter(request, number: int | None = None):
    """An edition (the one in force unless told), `?beside=` in a second language."""
    edition = _edition(number)
    return render(request, "charter/charter.html", _context(request, edition))


@require_safe
@public_page
def article(request, number: int, article: int):
    """One article of one edition."""
    edition = _edition(number)
    context = _context(request, edition)
    found = [row for row in context["articles"] if row["number"] == article]
    if not found:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    last = len(context["articles"])
    around = {"before": article - 1 if article > 1 else None, "after": article + 1 if article < last else None}
    return render(request, "charter/article.html", context | {"article": found[0]} | around)


def _edition(number: int | None):
    edition = editions.current() if number is None else editions.edition(number)
    if edition is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    return edition


def _context(request, edition) -> dict:
    beside = request.GET.get("beside", "")
    shown = editions.edition_in(edition, reader_language())
    second = editions.edition_in(edition, beside) if beside in CODES and beside != shown["language"]["shown"] else None
    articles = [{**row, "second": second["articles"][place] if second else None} for place, row in enumerate(shown["articles"])]
    numbers = [known.number for known in editions.editions()]
    return {
        "edition": shown,
        "superseded_by": numbers[-1] if numbers[-1] != edition.number else None,
        "second": second,
        "articles": articles,
        "beside": [code for code in CODES if code != shown["language"]["shown"]],
        "editions": numbers,
        "shown_direction": _direction(shown),
        "second_direction": _direction(second) if second else "",
    }


def _direction(edition: dict) -> str:
    return "rtl" if edition["language"]["shown"] in RIGHT_TO_LEFT else "ltr"
