"""Practices: the list and each one's page."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.errors import Unknown
from alliance.languages.state import reader_language
from alliance.languages.tongues import CODES, TONGUES
from alliance.search import thesaurus
from exchanges.queries import practices, targets
from members.policies.standing import standing_of
from members.queries import cities, places

from .caching import public_page
from .templatetags.alliance import digits

PAGE = 30
FILTERS = ("theme", "country", "language", "target", "city")


def target_code(target: str) -> str:
    """`sdg:11.7` as people write it in the reader's language, with its digits: SDG 11.7, ODD 11.7."""
    framework, _colon, number = target.partition(":")
    short = {"sdg": _("SDG")}.get(framework, framework.upper())
    return f"{short} {digits(number)}"


@require_safe
@public_page
def listing(request):
    """Practices one may see, the newest first; `theme`, `country`, `language`, `target`, `city`, `page`."""
    language = reader_language()
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:60] for name in FILTERS}
    found = practices.practices_visible_to(request.user).filter(state="published")
    found = practices.filtered(found, **{name: value for name, value in asked.items() if value})
    page = Paginator(found.order_by("-published_at", "-id"), PAGE).get_page(request.GET.get("page", "1")[:8])
    homes = cities.members().values_list("country", flat=True).distinct()
    countries = [(code, places.country_name(code, language)) for code in homes]
    context = {
        "practices": practices.practice_rows(page.object_list, language),
        "page": page,
        "asked": asked,
        "themes": thesaurus.themes(language),
        "countries": sorted(countries, key=lambda pair: places.folded(pair[1])),
        "target": f"{target_code(asked['target'])} {targets.label_of(asked['target'], language)}" if asked["target"] else "",
        "tongues_all": TONGUES,
    }
    return render(request, "practices/list.html", context)


@require_safe
@public_page
def showing(request, pk: int):
    """One practice; `?in=` shows it in another of its languages."""
    who = standing_of(request.user)
    practice = practices.practices_visible_to(who).filter(pk=pk).first()
    if practice is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    asked = request.GET.get("in", "")
    language = reader_language()
    detail = practices.practice_detail(practice, asked if asked in CODES else language, actor=who)
    detail["language"]["links"] = True
    detail["language"]["asked"] = asked if asked in CODES else language
    context = {
        "practice": detail,
        "themes": [(row, thesaurus.label(row, language)) for row in detail["themes"]],
        "targets": [(row, target_code(row), targets.label_of(row, language)) for row in detail["targets"]],
        "may": detail["rights"],
        "untranslated": [code for code, _name in TONGUES if code not in detail["language"]["available"]],
        "translated": [code for code in detail["language"]["available"] if code != detail["language"]["source"]],
    }
    return render(request, "practices/practice.html", context)
