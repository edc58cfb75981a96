"""The public register, and checking a line or a certificate."""

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
from members.queries import cities

from .caching import public_page

PAGE = 50


def rows(entries) -> list[dict]:
    """Lines of the register with the city's name in the reader's language."""
    entries = list(entries)
    named = cities.briefs({entry.city_id for entry in entries}, reader_language())
    return [{**lines.line(entry), "city_name": named[entry.city_id]["name"], "moment": entry.at} for entry in entries]


@require_safe
@public_page
def register(request):
    """The lines, the newest first; `?page=`."""
    page = Paginator(lines.register().order_by("-position"), PAGE).get_page(request.GET.get("page", "1")[:8])
    return render(request, "charter/register.html", {"lines": rows(page.object_list), "page": page})


@require_safe
@public_page
def download(request):
    """The whole register as JSON, oldest line first, as it is sealed."""
    body = json.dumps([lines.line(entry) for entry in lines.register().iterator()], ensure_ascii=False, indent=1)
    answer = HttpResponse(body, content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="register.json"'
    return answer


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
