"""Documents: who sees which, and which file of them may be fetched."""

import logging

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from alliance import files
from alliance.errors import Conflict, Forbidden, Unavailable
from alliance.languages import state
from alliance.languages.tongues import CODES
from members.policies.standing import Standing, standing_of

from ..files.kinds import BY_MEDIA_TYPE, TEXTS
from ..models import Document, Version
from ..policies.documents import rights_over
from .audience import within_audience

log = logging.getLogger("alliance.files")

# A file is shown by itself or not at all: no script, no plug-in, nothing fetched, an origin of its own.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; sandbox"
READY, SCANNING, QUARANTINED = Version.State.READY, Version.State.SCANNING, Version.State.QUARANTINED


def documents_visible_to(actor) -> QuerySet[Document]:
    """Those within their audience that have a file which was checked; one's own city's also before that."""
    who = standing_of(actor)
    ready = Exists(Version.objects.filter(document=OuterRef("pk"), state=READY))
    seen = Q(hidden_at=None) & Q(ready) & within_audience(Document, who)
    if who.city_ids:
        seen |= Q(city__in=who.city_ids)
    return Document.objects.filter(seen, removed_at=None)


def document_rows(queryset: QuerySet[Document], language: str, *, actor) -> list[dict]:
    """The documents of a page as plain dicts, in the queryset's order: one query, and one for each of files, named cities.

    `state` is that of the newest file the actor may know of, `current` the file that is fetched (None before the first is ready).
    """
    who = standing_of(actor)
    columns = [
        "id", "version", "source_language", "language_states", "wording", "audience_kind", "audience_room_id", "practice_id",
        "shared_at", "hidden_at", "city_id", "city__slug", "city__country", "city__name_en", f"city__name_{language}",
        *(f"title_{code}" for code in CODES),
    ]  # fmt: skip
    # A plain QuerySet: every column is named, so there is nothing for modeltranslation to look up.
    rows = list(QuerySet(Document, queryset.query.chain(), queryset.db).values_list(*columns))
    files = _files([row[0] for row in rows])
    named = _named_cities([row[0] for row in rows if row[5] == "cities"])
    return [_row(row, language, who, files.get(row[0], []), named) for row in rows]


def _row(row: tuple, language: str, who: Standing, files: list[dict], named: dict[int, list[str]]) -> dict:
    pk, version, source, states, wording, kind, room, practice, shared, hidden, city, slug, country, english, name = row[:15]
    note = state.note(language, source, states, wording)
    known = known_files(files, insider=city in who.roles)
    current = next((file for file in known if file["state"] == READY), None)
    newest = known[0] if known else None
    return {
        "id": pk,
        "version": version,
        "city": {"slug": slug, "name": name or english or slug, "country": country},
        "title": row[15 + CODES.index(note["shown"])] or "",
        "language": note,
        "state": newest["state"] if newest else SCANNING,
        "reason": newest["reason"] if newest else "",
        "reason_code": newest["reason_code"] if newest else "",
        "audience": {"kind": kind, "cities": named.get(pk, []), "room": room},
        "practice": practice,
        "shared_at": shared,
        "hidden": hidden is not None,
        "current": current,
    }


def known_files(files: list[dict], *, insider: bool) -> list[dict]:
    """The files that somebody may know of: those of their own city in any state, others once they are ready."""
    return [file for file in files if insider or file["state"] == READY]


def _files(ids: list[int]) -> dict[int, list[dict]]:
    """document id → its files, the newest first, without their text."""
    columns = (
        "document_id", "number", "state", "reason", "filename", "media_type", "size", "sha256", "pages", "scanned", "uploaded_at",
    )  # fmt: skip
    grouped: dict[int, list[dict]] = {}
    for row in Version.objects.filter(document__in=ids).order_by("-number").values(*columns):
        code = row.pop("reason")
        file = {**row, "reason": reason_sentence(code), "reason_code": code}
        grouped.setdefault(file.pop("document_id"), []).append(file)
    return grouped


def _named_cities(ids: list[int]) -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    if ids:
        through = Document.audience_cities.through.objects.filter(document__in=ids).order_by("city__slug")
        for pk, slug in through.values_list("document", "city__slug"):
            named.setdefault(pk, []).append(slug)
    return named


def document_detail(document: Document, language: str, *, actor) -> dict:
    """One document with the files the actor may know of (`versions`, newest first) and what they may do (`rights`)."""
    who = standing_of(actor)
    row = document_rows(Document.objects.filter(pk=document.pk), language, actor=who)[0]
    files = _files([document.pk]).get(document.pk, [])
    row["versions"] = known_files(files, insider=document.city_id in who.roles)
    row["rights"] = {
        verb: {"may": bool(verdict), "reason": "" if verdict else str(verdict.reason)}
        for verb, verdict in rights_over(who, document).items()
    }
    return row


def version_for(actor, document_id: int, number: int | None = None) -> Version | None:
    """The file that the actor may fetch: the newest that is ready, or the one of this number. None when there is none for them.

    To its own city a file that is not ready is no secret: raises Conflict while it is checked, Forbidden in quarantine.
    """
    who = standing_of(actor)
    document = documents_visible_to(who).filter(pk=document_id).first()
    if document is None:
        return None
    versions = Version.objects.defer("text").filter(document=document).order_by("-number")
    if number is not None:
        versions = versions.filter(number=number)
    ready = versions.filter(state=READY).first()
    if ready is not None or document.city_id not in who.roles:
        return ready
    newest = versions.first()
    if newest is None:
        return None
    if newest.state == QUARANTINED:
        raise Forbidden(reason_sentence(newest.reason))
    raise Conflict(_("This file is still being checked. Please try again in a moment."))


def reason_sentence(reason: str) -> str:
    """Why a file is in quarantine, for people; empty without a reason."""
    sentences = {
        "virus": _("The virus scanner objects to this file. Please check the computer that it comes from."),
        "unreadable": _("This file cannot be opened: it is damaged, protected, or not what it says. Please save it anew."),
        "too_large_unpacked": _("This file unpacks to more than can be handled safely. Please share a smaller one."),
        "macros": _("This file holds macros, which are programs. Please save it without them."),
    }
    return sentences.get(reason, "")


def headers_for(version: Version, *, inline: bool = False) -> dict[str, str]:
    """The headers under which a file leaves the house: to be saved, unless `inline` is asked for and its kind is harmless."""
    kind = BY_MEDIA_TYPE.get(version.media_type)
    charset = "; charset=utf-8" if kind and kind.key in TEXTS else ""
    shown = inline and kind is not None and kind.inline
    return {
        "Content-Type": f"{version.media_type}{charset}",
        "Content-Length": str(version.size),
        "Content-Disposition": content_disposition_header(not shown, version.filename) or "inline",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def address_of(version: Version) -> str:
    """An address of the file store that lives a minute, where the store gives such; else "": the house sends the bytes itself.

    Raises Unavailable while the file store rests.
    """
    storage = version.file.storage
    if not getattr(storage, "querystring_auth", False):
        return ""
    headers = headers_for(version)
    answer = {
        "ResponseContentType": headers["Content-Type"],
        "ResponseContentDisposition": headers["Content-Disposition"],
        "ResponseCacheControl": "private, no-store",
    }
    with files.asked(storage):
        return storage.url(version.file.name, parameters=answer, expire=files.LINK_LIFE)


def bytes_of(version: Version):
    """The file, open for reading and already in reach: what cannot be had is known before an answer has begun.

    Raises Unavailable while the file store rests.
    """
    try:
        with files.asked(version.file.storage):
            stored = version.file.open("rb")
            stored.read(1)
            stored.seek(0)
        if stored.size == version.size:
            return stored
        stored.close()
        log.error("The file of %s has %s bytes in the store, and should have %s", version, stored.size, version.size)
    except FileNotFoundError:
        log.error("The file of %s is not in the store: %s", version, version.file.name)
    raise Unavailable(_("This file is missing in our store. Those who look after it are told."), part="files")
