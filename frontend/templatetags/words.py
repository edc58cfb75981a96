"""Words of the domains as a page says them. A value that is not known is shown as it is."""

from babel import Locale
from django import template
from django.utils.translation import gettext_lazy as _

from alliance.languages.state import reader_language
from members.queries import networks

register = template.Library()

WORDS = {
    "city_state": {"admitted": _("member"), "on_hold": _("on hold"), "withdrawn": _("withdrawn"), "excluded": _("excluded")},
    "practice_state": {
        "draft": _("draft"),
        "submitted": _("handed in"),
        "returned": _("given back for changes"),
        "published": _("published"),
        "withdrawn": _("taken back"),
    },
    "document_state": {"scanning": _("being checked"), "ready": _("ready"), "quarantined": _("in quarantine")},
    "audience_kind": {
        "public": _("public"),
        "members": _("member cities"),
        "cities": _("named cities"),
        "room": _("people of a room"),
        "own": _("own city"),
    },
    "report_reason": {
        "hate": _("hatred or contempt for people"),
        "threat": _("threat or harassment"),
        "personal_data": _("personal data of somebody"),
        "false": _("false or misleading"),
        "rights": _("somebody else’s rights"),
        "other": _("another reason"),
    },
    "report_state": {"open": _("open"), "hidden": _("hidden"), "kept": _("left standing")},
    "happening": {
        "practice.published": _("Your practice was published"),
        "practice.returned": _("Your practice was given back for changes"),
        "practice.transferred": _("Another city takes up a practice of yours"),
        "room.joined": _("You were brought into a room"),
        "document.quarantined": _("A file of yours is in quarantine"),
        "report.decided": _("Your report was decided"),
    },
    "line_kind": {
        "signature": _("signature"),
        "reservation": _("reservation"),
        "withdrawal": _("withdrawal"),
        "amendment": _("amendment"),
    },
    "kind": {
        "article": _("article of the charter"),
        "city": _("city"),
        "practice": _("practice"),
        "document": _("document"),
        "message": _("message"),
    },
    "file_kind": {
        "application/pdf": "PDF",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
        "application/vnd.oasis.opendocument.text": "ODT",
        "application/vnd.oasis.opendocument.presentation": "ODP",
        "application/vnd.oasis.opendocument.spreadsheet": "ODS",
        "text/plain": _("text"),
        "text/csv": "CSV",
        "text/markdown": _("text"),
        "image/png": _("picture"),
        "image/jpeg": _("picture"),
        "image/webp": _("picture"),
    },
}


def say(name: str, value: str):
    """The word for `value` among those of `name`."""
    return WORDS[name].get(value, value)


def _sayer(words):
    return lambda value: words.get(value, value)


for name, words in WORDS.items():
    register.filter(name, _sayer(words))


BROWSERS = {
    "Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox", "FxiOS": "Firefox",
    "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "Android": "Android", "iPhone": "iOS", "iPad": "iPadOS", "Windows": "Windows", "Mac OS X": "macOS", "CrOS": "ChromeOS",
    "Linux": "Linux",
}  # fmt: skip


@register.filter
def browser_name(agent: str) -> str:
    """A browser as people call it, `Firefox, Android`, from what it says of itself; what nobody knows is shown as it came."""
    named = [next((name for sign, name in known.items() if sign in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, named)) or agent[:60]


@register.filter
def language_name(code: str) -> str:
    """A language's name in the reader's language, from CLDR."""
    return Locale(reader_language()).languages.get((code or "").split("-")[0], code)


@register.filter
def network_name(network: str) -> str:
    """The name that another network of cities gives itself."""
    return networks.names().get(network, network)
