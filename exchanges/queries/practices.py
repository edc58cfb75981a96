"""Practices: who sees which, as lists and one by one."""

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from alliance.languages import state
from alliance.languages.tongues import CODES
from alliance.search import thesaurus
from members.policies.standing import standing_of
from members.queries import cities

from ..models import Practice, PracticeTarget, PracticeTheme, Transfer
from ..policies.practices import rights_over
from . import documents
from .audience import within_audience
from .targets import within_target

LISTED = ("title", "summary")


def practices_visible_to(actor) -> QuerySet[Practice]:
    """Published ones within their audience; one's own city's in every state; for the secretariat all but drafts."""
    who = standing_of(actor)
    seen = Q(state=Practice.State.PUBLISHED, hidden_at=None) & within_audience(Practice, who)
    if who.city_ids:
        seen |= Q(city__in=who.city_ids)
    if who.secretariat:
        seen |= ~Q(state=Practice.State.DRAFT)
    return Practice.objects.filter(seen)


def practices_of(city_id: int, actor) -> QuerySet[Practice]:
    """Those of one city that the actor may see."""
    return practices_visible_to(actor).filter(city=city_id)


def practices_awaiting() -> QuerySet[Practice]:
    """What the secretariat has before it, the oldest first."""
    return Practice.objects.filter(state=Practice.State.SUBMITTED).order_by("written_at", "id")


def filtered(
    queryset: QuerySet[Practice], *, city: str = "", theme: str = "", target: str = "", country: str = "",
    language: str = "", state: str = "",
) -> QuerySet[Practice]:  # fmt: skip
    """The filters of the list: a city's slug, a theme (with its narrower ones), a target (with those under it: sdg:11 holds
    sdg:11.7), an ISO country code, a language that the text exists in, a state."""
    if city:
        queryset = queryset.filter(city__slug=city)
    if theme:
        queryset = queryset.filter(pk__in=PracticeTheme.objects.filter(theme__in=thesaurus.narrower(theme)).values("practice"))
    if target:
        queryset = queryset.filter(pk__in=PracticeTarget.objects.filter(target__in=within_target(target)).values("practice"))
    if country:
        queryset = queryset.filter(city__country=country.upper())
    if language:
        # Only ours: a strange key is no path into the JSON column.
        queryset = queryset.filter(language_states__has_key=language) if language in CODES else queryset.none()
    if state:
        queryset = queryset.filter(state=state)
    return queryset


def practice_rows(queryset: QuerySet[Practice], language: str) -> list[dict]:
    """The practices of a page as plain dicts, in the queryset's order: one query, and one for each of themes, targets, cities.

    No instance is made: a list is read far more often than anything else.
    """
    columns = [
        "id", "version", "source_language", "language_states", "wording", "state", "audience_kind", "audience_room_id",
        "written_at", "published_at", "hidden_at", "city__slug", "city__country", "city__name_en", f"city__name_{language}",
    ]  # fmt: skip
    first = len(columns)
    columns += [f"{field}_{code}" for field in LISTED for code in CODES]
    # A plain QuerySet: every column is named, so there is nothing for modeltranslation to look up.
    rows = list(QuerySet(Practice, queryset.query.chain(), queryset.db).values_list(*columns))
    ids = [row[0] for row in rows]
    themes, targets = _grouped(PracticeTheme, "theme", ids), _grouped(PracticeTarget, "target", ids)
    named = _named_cities([row[0] for row in rows if row[6] == "cities"])
    return [_row(row, row[first:], language, themes, targets, named) for row in rows]


def _row(row: tuple, words: tuple, language: str, themes: dict, targets: dict, named: dict) -> dict:
    pk, version, source, states, wording, condition, kind, room, written, published, hidden, slug, country, english, name = row[
        :15
    ]
    shown = state.shown_language(language, source, states)
    texts, untranslated = {}, []
    at, fallback = CODES.index(shown), CODES.index(source)
    for number, field in enumerate(LISTED):
        text = words[number * len(CODES) + at]
        if not text and shown != source and (text := words[number * len(CODES) + fallback]):
            untranslated.append(field)
        texts[field] = text or ""
    return {
        "id": pk,
        "version": version,
        "city": {"slug": slug, "name": name or english or slug, "country": country},
        **texts,
        "language": {**state.note(language, source, states, wording), "untranslated": untranslated},
        "state": condition,
        "hidden": hidden is not None,
        "audience": {"kind": kind, "cities": named.get(pk, []), "room": room},
        "themes": themes.get(pk, []),
        "targets": targets.get(pk, []),
        "written_at": written,
        "published_at": published,
    }


def _grouped(model, field: str, ids: list[int]) -> dict[int, list[str]]:
    """practice id → its labels, in their order. Plain SQL: building this query takes the ORM ten times what running it takes."""
    grouped: dict[int, list[str]] = {}
    if ids:
        table, marks = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(ids))
        with connection.cursor() as cursor:
            # The names are those of our own models, the values are parameters.
            cursor.execute(f"SELECT practice_id, {field} FROM {table} WHERE practice_id IN ({marks}) ORDER BY id", ids)  # noqa: S608
            for pk, value in cursor.fetchall():
                grouped.setdefault(pk, []).append(value)
    return grouped


def _named_cities(ids: list[int]) -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    if ids:
        through = Practice.audience_cities.through.objects.filter(practice__in=ids).order_by("city__slug")
        for pk, slug in through.values_list("practice", "city__slug"):
            named.setdefault(pk, []).append(slug)
    return named


def practice_detail(practice: Practice, language: str, *, actor=None) -> dict:
    """One practice with all its texts, its transfers and documents, and what `actor` may do (`rights`: verb → may, reason).

    A text that the shown translation lacks is given in the source language, and `language.untranslated` names it.
    """
    who = standing_of(actor)
    note = state.note_of(practice, language)
    texts, untranslated = shown_texts(practice, note["shown"])
    insider = who.secretariat or practice.city_id in who.city_ids
    files = documents.documents_visible_to(who).filter(practice=practice.pk).order_by("shared_at", "id")
    taken = list(Transfer.objects.filter(practice=practice.pk).order_by("at", "id"))
    briefs = cities.briefs({practice.city_id, *(transfer.city_id for transfer in taken)}, language)
    return {
        "id": practice.pk,
        "version": practice.version,
        "city": briefs[practice.city_id],
        **texts,
        "language": {**note, "untranslated": untranslated},
        "state": practice.state,
        "state_reason": practice.state_reason if insider else "",
        "hidden": practice.hidden_at is not None,
        "audience": {
            "kind": practice.audience_kind,
            "cities": _named_cities([practice.pk]).get(practice.pk, []),
            "room": practice.audience_room_id,
        },
        "themes": _grouped(PracticeTheme, "theme", [practice.pk]).get(practice.pk, []),
        "targets": _grouped(PracticeTarget, "target", [practice.pk]).get(practice.pk, []),
        "written_at": practice.written_at,
        "published_at": practice.published_at,
        "transfers": [_transfer(transfer, briefs, language) for transfer in taken],
        "documents": documents.document_rows(files, language, actor=who),
        "rights": {
            verb: {"may": bool(verdict), "reason": "" if verdict else str(verdict.reason)}
            for verb, verdict in rights_over(who, practice).items()
        },
    }


def field_name(field: str) -> str:
    """What a text of a practice is called, in the reader's language."""
    names = {
        "title": _("title"),
        "summary": _("in two sentences"),
        "context": _("the context"),
        "action": _("what was done"),
        "results": _("what came of it"),
        "failed": _("what did not work"),
        "cost": _("what it cost"),
    }
    return names[field]


def shown_texts(practice: Practice, shown: str) -> tuple[dict[str, str], list[str]]:
    """Every text in the language that is shown, the source's words where it has none; and which these are."""
    texts = state.texts_of(practice, Practice.TEXTS, shown)
    source = state.texts_of(practice, Practice.TEXTS, practice.source_language)
    untranslated = [field for field, text in texts.items() if not text and source[field]]
    return texts | {field: source[field] for field in untranslated}, untranslated


def _transfer(transfer: Transfer, briefs: dict, language: str) -> dict:
    written = transfer.note_language or language
    return {
        "city": briefs[transfer.city_id],
        "note": transfer.note,
        "language": state.note(language, written, {written: {}}, 1),
        "at": transfer.at,
    }
