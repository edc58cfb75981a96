"""The site's own tags: the language note, texts in their language, Markdown, numbers and dates."""

from datetime import date
from functools import lru_cache

import nh3
from babel.numbers import format_decimal
from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from alliance.languages.dates import day_and_hour, long_day
from alliance.languages.state import reader_language

register = template.Library()
MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False})
TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "blockquote", "code", "pre", "h3", "h4", "hr"}
MOST = 20_000  # characters: beyond, CommonMark's nesting rules cost seconds


@register.inclusion_tag("parts/language_note.html")
def language_note(note: dict) -> dict:
    """Which language is shown, which was asked, the source, who wrote the text, whether it is stale, what else there is."""
    others = [code for code in note["available"] if code != note["shown"]]
    return {"note": note, "others": others}


@register.simple_tag
def comma() -> str:
    """What stands between the parts of a list, in the reader's language."""
    return "، " if reader_language() == "ar" else ", "


@lru_cache(maxsize=512)
def _rendered(source: str) -> str:
    html = (
        MARKDOWN.render(source[:MOST])
        .replace("<h1>", "<h3>")
        .replace("</h1>", "</h3>")
        .replace("<h2>", "<h3>")
        .replace("</h2>", "</h3>")
    )
    return nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel="nofollow noopener"
    )


@register.filter
def markdown(source: str) -> str:
    """Markdown as safe HTML; headings begin at h3, because a page has its own above."""
    return mark_safe(_rendered(source or ""))  # noqa: S308 (nh3 cleaned it)


@register.filter
def highlighted(snippet: str) -> str:
    """A search highlight: everything is text but <mark>."""
    return mark_safe(nh3.clean(snippet or "", tags={"mark"}, attributes={}))  # noqa: S308 (nh3 cleaned it)


@register.filter
def digits(number) -> str:
    """A number as the reader's language writes it: Arabic-Indic digits in Arabic."""
    text = str(number)
    return text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")) if reader_language() == "ar" else text


@register.filter
def grouped(number) -> str:
    """A large number in groups, as the reader's language writes it (CLDR)."""
    return _decimal(number)


@register.filter
def file_size(count: int) -> str:
    """How large a file is, in the units that people know: 18,6 ko, 2.4 MB."""
    if count < 999_950:
        text = _("%(size)s kB") % {"size": _decimal(max(count, 100) / 1e3, "#,##0.#")}
    else:
        text = _("%(size)s MB") % {"size": _decimal(count / 1e6, "#,##0.#")}
    return text.replace(" ", "\u00a0")


def _decimal(number: float, pattern: str | None = None) -> str:
    """Arabic digits have a comma and a grouping sign of their own."""
    language = reader_language()
    return digits(format_decimal(number, pattern, locale=language, numbering_system="arab" if language == "ar" else "latn"))


@register.filter
def day(moment) -> str:
    """A date in full, as the reader's language writes it (CLDR)."""
    return digits(long_day(moment, reader_language())) if moment else ""


@register.filter
def iso_day(text: str) -> str:
    """A date that is kept as text (`2026-10-12`), as the reader's language writes it."""
    try:
        return day(date.fromisoformat(text))
    except (TypeError, ValueError):
        return text


@register.filter
def moment(at) -> str:
    """A day and an hour, as the reader's language writes them (CLDR), in UTC and saying so."""
    return digits(day_and_hour(at, comma(), reader_language())) if at else ""


@register.filter
def short_hash(digest: str) -> str:
    """The beginning of a digest, in groups of four."""
    return format_html('<span class="mono" dir="ltr">{} {} …</span>', digest[:4], digest[4:8]) if digest else ""


@register.filter
def tongue_of(thing: dict, field: str) -> str:
    """The language that one text of a thing is really shown in: the source's where the translation leaves it out."""
    note = thing["language"]
    return note["source"] if field in note.get("untranslated", ()) else note["shown"]


@register.filter
def get(mapping, key):
    """`mapping[key]`, or nothing."""
    return mapping.get(key) if mapping else None


@register.filter
def origin_words(note: dict) -> str:
    """Who wrote the shown text, in words."""
    words = {
        "original": _("original"),
        "human": _("human translation"),
        "checked": _("human translation, checked"),
        "machine": _("machine translation, not checked"),
    }
    return words.get(note["origin"], note["origin"])


@register.simple_tag(takes_context=True)
def with_query(context, **changed) -> str:
    """This page's query string with some parts changed; an empty value takes a part away."""
    query = context["request"].GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = value
    text = query.urlencode()
    return f"?{text}" if text else "?"


@register.filter
def unlocalized(number: float) -> str:
    """A number for the machine, whatever the language."""
    return f"{number:g}"


@register.simple_tag(takes_context=True)
def facet(context, name: str, row: dict) -> str:
    """One line of a facet: a link that narrows the search, or widens it again."""
    value, count = row["value"], row["count"]
    label = _facet_label(name, row)
    chosen = context["request"].GET.get(name) == value
    address = with_query(context, **{name: "" if chosen else value, "page": ""})
    mark = mark_safe(' aria-current="true"') if chosen else ""
    return format_html(
        '<li><a href="{}"{}><span>{}</span> <span class="num">{}</span></a></li>', address, mark, label, digits(count)
    )


@register.simple_tag(takes_context=True)
def narrowed(context, row: dict) -> str:
    """What a search is narrowed to, as a link that widens it again."""
    address = with_query(context, **{row["name"]: "", "page": ""})
    title = _("Take this condition away")
    return format_html(
        '<a class="tag plain" href="{}" title="{}">{} <span aria-hidden="true">×</span></a>',
        address,
        title,
        _facet_label(row["name"], row),
    )


def _facet_label(name: str, row: dict) -> str:
    from .words import language_name, say

    value = row["value"]
    return row.get("label") or (language_name(value) if name == "language" else say("kind", value) if name == "kind" else value)
