"""A line of the register as a certificate: PDF, in the reader's language, with the address at which it is checked."""

from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.languages.dates import long_day
from alliance.languages.tongues import RIGHT_TO_LEFT
from members.models import City
from members.queries import places
from members.queries.network import is_demonstration

from ..models import RegisterEntry

TEMPLATE = Path(__file__).resolve().parent.parent / "certificate.typ"


def certificate(entry: RegisterEntry, language: str) -> bytes:
    """The PDF's bytes: the same for the same line in the same language."""
    return _drawn(tuple(sorted(_words(entry, language).items())))


@lru_cache(maxsize=64)
def _drawn(words: tuple[tuple[str, str], ...]) -> bytes:
    # What people wrote enters by sys_inputs only: it is text there, never markup.
    return typst.compile(str(TEMPLATE), sys_inputs=dict(words), font_paths=_fonts(), ignore_system_fonts=True, timestamp=0)


def _words(entry: RegisterEntry, language: str) -> dict[str, str]:
    city = City.objects.get(pk=entry.city_id)
    act = entry.facts.get("deliberation", {})
    with translation.override(language):
        titles = {
            "signature": _("Certificate of signature"),
            "reservation": _("Certificate of a reservation"),
            "withdrawal": _("Certificate of withdrawal"),
            "amendment": _("Certificate of an amendment"),
        }
        votes = ""
        if act:
            votes = _("%(for)s for, %(against)s against, %(abstentions)s abstentions") % {
                "for": act["votes_for"], "against": act["votes_against"], "abstentions": act["abstentions"],
            }  # fmt: skip
        return {
            "language": language,
            "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
            "network": str(settings.NETWORK_NAME),
            "title": titles[entry.kind],
            "city": getattr(city, f"name_{language}") or city.slug,
            "country": places.country_name(city.country, language),
            "position_label": _("Line of the register"),
            "position": str(entry.position),
            "date_label": _("Date"),
            "date": long_day(entry.at, language),
            "edition_label": _("Edition of the charter"),
            "edition": str(entry.edition),
            "act_label": _("Deliberation") if act else "",
            # Isolated, so that in Arabic the reference does not draw the day to itself.
            "act": f"\u2068{act['reference']}\u2069 · {long_day(_day(act['date']), language)}" if act else "",
            "votes_label": _("Vote") if act else "",
            "votes": votes,
            "text_label": _("Words") if entry.facts.get("text") or entry.facts.get("reason") else "",
            "text": entry.facts.get("text") or entry.facts.get("reason") or "",
            "sha_label": _("Fingerprint of the text (sha256)"),
            "sha": entry.edition_sha256,
            "hash_label": _("Seal of this line (sha256)"),
            "hash": entry.hash,
            "check": _("Anybody can check this line at this address:"),
            "url": f"{settings.BASE_URL}/{language}/verify/?hash={entry.hash[:16]}",
            "demonstration": str(_("Demonstration network: imagined exchanges, no real commitment."))
            if is_demonstration()
            else "",
        }


def _day(iso: str) -> date:
    return date.fromisoformat(iso)


def _fonts() -> list[str]:
    """Amiri for Arabic (Noto Sans Arabic looks right but cannot be copied out again), Noto Sans for the rest."""
    return [str(Path(str(files(package))) / "files") for package in ("fontpkg_amiri", "fontpkg_noto_sans")]
