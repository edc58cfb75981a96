"""The first page: what the alliance is, who signed last, what cities have learnt."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.accord.queries import register as lines
from alliance.languages.state import reader_language
from exchanges.queries import practices
from members.queries import cities

from . import register
from .caching import public_page
from .map import dots


@require_safe
@public_page
def home(request):
    """Facts, the map, the newest lines of the register, the newest practices."""
    language = reader_language()
    known = cities.city_rows(cities.members(), language)
    signed = [row for row in known if row["signed"]]
    public = practices.practices_visible_to(None)
    newest = practices.practice_rows(public.order_by("-published_at", "-id")[:4], language)
    context = {
        "signed": len(signed),
        "countries": len({row["country"] for row in signed}),
        "practices": public.count(),
        "languages": len({code for row in known for code in row["languages"]}),
        "lines": register.rows(lines.register().order_by("-position")[:5]),
        "newest": sorted(newest, key=lambda row: row["published_at"], reverse=True),
        "dots": dots(known),
    }
    return render(request, "home.html", context)
