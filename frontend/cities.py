"""Cities: the list with its map and table, and a page for each."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.errors import Unknown
from alliance.languages.state import reader_language
from exchanges.queries import documents, practices
from members.policies.cities import may_describe
from members.policies.standing import standing_of
from members.queries import cities, places

from . import register
from .caching import public_page
from .map import dots

NEWEST = 20


@require_safe
@public_page
def listing(request):
    """Every city, on a map and in a table; `country`, `network`, `signed`, `q`."""
    language = reader_language()
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:80].strip() for name in ("q", "country", "network")}
    signed = {"yes": True, "no": False}.get(request.GET.get("signed", ""))
    everybody = cities.cities_visible_to(request.user)
    rows = cities.city_rows(cities.filtered(everybody, signed=signed, **asked), language)
    countries = sorted(
        ((code, places.country_name(code, language)) for code in everybody.values_list("country", flat=True).distinct()),
        key=lambda pair: places.folded(pair[1]),
    )
    context = {
        "cities": sorted(rows, key=lambda row: places.folded(row["name"])),
        "dots": dots(rows),
        "asked": {**asked, "signed": request.GET.get("signed", "")},
        "countries": countries,
        "networks": cities.networks_of_cities(),
    }
    return render(request, "cities/list.html", context)


@require_safe
@public_page
def showing(request, slug: str):
    """One city: what it says of itself, its lines in the register, what it shares."""
    language = reader_language()
    who = standing_of(request.user)
    city = cities.cities_visible_to(who).filter(slug=slug).first()
    if city is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    shared = practices.practices_visible_to(who).filter(city=city, state="published").order_by("-published_at", "-id")
    files = documents.documents_visible_to(who).filter(city=city).order_by("-shared_at", "-id")
    context = {
        "city": cities.city_row(city, language),
        "lines": register.rows(register.lines.lines_of(city.slug)),
        "practices": practices.practice_rows(shared[:NEWEST], language),
        "documents": documents.document_rows(files[:NEWEST], language, actor=who),
        "may_describe": bool(may_describe(who, city.pk)) if who.known else False,
        "member": who.member,
        "own": city.pk in who.city_ids,
    }
    return render(request, "cities/city.html", context)
