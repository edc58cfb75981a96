"""The public register, and checking a line or a certificate."""

import csv
import io
import json

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.accord.queries import register as lines
from alliance.accord.queries.certificates import certificate
from alliance.errors import Unknown
from alliance.languages.state import reader_language
from members.queries import cities, places

from .caching import public_page

PAGE = 50
COLUMNS = (
    "position", "kind", "city", "edition", "edition_sha256", "at", "deliberation_date", "deliberation_reference", "votes_for",
    "votes_against", "abstentions", "words", "language", "previous_hash", "hash",
)  # fmt: skip


def rows(entries) -> list[dict]:
    """Lines of the register with the city's name in the reader's language."""
    entries, language = list(entries), reader_language()
    named = cities.briefs({entry.city_id for entry in entries}, language)
    return [
        {
            **lines.line(entry),
            "city_name": named[entry.city_id]["name"],
            "country_name": places.country_name(named[entry.city_id]["country"], language),
            "words": words_of(entry.facts),
            "moment": entry.at,
        }
        for entry in entries
    ]


def words_of(facts: dict) -> str:
    """What the city said on this line: its reservation, or the reason of its withdrawal."""
    return facts.get("text") or facts.get("reason") or ""


@require_safe
@public_page
def register(request):
    """The lines, the newest first; `?page=`."""
    page = Paginator(lines.register().order_by("-position"), PAGE).get_page(request.GET.get("page", "1")[:8])
    return render(request, "charter/register.html", {"lines": rows(page.object_list), "page": page})


@require_safe
@public_page
def download(request):
    """The whole register, oldest line first: as JSON, as it is sealed; with `?form=csv` as a table."""
    if request.GET.get("form") == "csv":
        return _table()
    body = json.dumps([lines.line(entry) for entry in lines.register().iterator()], ensure_ascii=False, indent=1)
    answer = HttpResponse(body, content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="register.json"'
    return answer


def _table() -> HttpResponse:
    """The register for a spreadsheet. Words of cities cannot become formulas there."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    for entry in lines.register().iterator():
        act, line = entry.facts.get("deliberation", {}), lines.line(entry)
        line |= {f"deliberation_{part}": act.get(part, "") for part in ("date", "reference")}
        line |= {part: act.get(part, "") for part in ("votes_for", "votes_against", "abstentions")}
        line |= {"words": words_of(entry.facts), "language": entry.facts.get("language", "")}
        writer.writerow([_cell(line[column]) for column in COLUMNS])
    answer = HttpResponse("\ufeff" + sheet.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="register.csv"'
    return answer


def _cell(value) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@require_safe
@public_page
def paper(request, position: int):
    """A line as a certificate (PDF)."""
    entry = lines.entry(position)
    if entry is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    answer = HttpResponse(certificate(entry, reader_language()), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="register-{position}.pdf"'
    return answer


@require_safe
@public_page
def verify(request):
    """Check a line by its seal, or by the beginning of it as a certificate prints it."""
    given = request.GET.get("hash", "").strip()[:100]
    entry = lines.entry_by_hash(given) if given else None
    found = rows([entry])[0] if entry else None
    holds = found is not None and lines.seal(found) == found["hash"]
    return render(request, "charter/verify.html", {"given": given, "line": found, "holds": holds})
