"""Sharing documents: files that are checked before anybody can fetch them."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import Error, connection, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from alliance import clock, files
from alliance.errors import Conflict, Invalid, TooLarge, Unavailable, Unknown
from alliance.languages import state
from alliance.languages.tongues import CODES
from alliance.ledger.actions import record
from alliance.policy import require

from .. import events
from ..files import names
from ..files.kinds import Kind, kind_of
from ..models import Document, Version
from ..models.documents import place_of_file
from ..policies import documents as policies
from ..queries.documents import documents_visible_to
from ..queries.practices import practices_visible_to
from ..words import checked
from .audience import read_audience, set_audience

TITLE_MOST = 200
UNSET = object()


@dataclass(frozen=True)
class Taken:
    """A file that was looked at and stored, and belongs to no document yet."""

    stored: str
    filename: str
    sha256: str
    size: int
    kind: Kind


def share(
    city_id: int, title: str, source_language: str, audience: Mapping | None = None, upload=None,
    practice_id: int | None = None, *, actor,
) -> Document:  # fmt: skip
    """A city shares a file, with a title in `source_language`. `upload` is what a form sends; it is checked by a task.

    Raises Invalid, Forbidden; TooLarge and Unacceptable for the file.
    """
    require(policies.may_share(actor, city_id))
    words = checked(title, "title", TITLE_MOST, needed=True, lines=False)
    if source_language not in CODES:
        raise Invalid(_("We do not know this language."), field="source_language")
    wanted = read_audience(audience, actor=actor)
    _practice(practice_id, city_id, actor)
    # The bytes are looked at and stored before the transaction, which keeps it short.
    taken = _take(upload)
    with _kept(taken), transaction.atomic():
        require(policies.may_share(actor, city_id))
        document = Document(
            city_id=city_id, source_language=source_language, practice_id=practice_id, shared_by=actor, shared_at=clock.now()
        )
        state.write(document, source_language, {"title": words}, origin=state.ORIGINAL)
        set_audience(document, wanted)
        record(events.DocumentShared(document_id=document.pk, city_id=city_id), actor=actor)
        _add(document, taken, 1, actor=actor)
    return document


def add_version(document_id: int, upload, *, actor) -> Version:
    """The city adds a newer file; the earlier one is given out until this one is ready."""
    require(policies.may_edit(actor, _seen(document_id, actor)))
    taken = _take(upload)
    with _kept(taken), transaction.atomic():
        document = _locked(document_id, actor)
        require(policies.may_edit(actor, document))
        Document.objects.filter(pk=document.pk).update(version=F("version") + 1)
        last = Version.objects.filter(document=document).aggregate(last=Max("number"))["last"] or 0
        return _add(document, taken, last + 1, actor=actor)


@transaction.atomic
def edit(
    document_id: int, *, title: str | None = None, audience: Mapping | None = None, practice_id=UNSET,
    version: int | None = None, actor,
) -> Document:  # fmt: skip
    """Change the title (in its source language), the audience or the practice it belongs to; what is not given stays.

    `version` is the one the writer began from: Conflict when somebody else has changed the document since.
    """
    document = _locked(document_id, actor)
    require(policies.may_edit(actor, document))
    if version is not None and version != document.version:
        raise Conflict(_("Somebody else has changed this document in the meantime. Please look at it again."), field="version")
    changed = []
    if title is not None:
        words = checked(title, "title", TITLE_MOST, needed=True, lines=False)
        if state.write(document, document.source_language, {"title": words}, origin=state.ORIGINAL):
            changed.append("title")
    if practice_id is not UNSET and practice_id != document.practice_id:
        _practice(practice_id, document.city_id, actor)
        document.practice_id = practice_id
        changed.append("practice")
    wanted = read_audience(audience, actor=actor) if audience is not None else None
    if not changed and not wanted:
        return document
    document.version += 1
    if wanted:
        set_audience(document, wanted)
        changed.append("audience")
    else:
        document.save()
    record(events.DocumentEdited(document_id=document.pk, city_id=document.city_id, fields=changed), actor=actor)
    return document


@transaction.atomic
def translate(document_id: int, language: str, title: str, *, origin: str = state.HUMAN, actor) -> Document:
    """Put a document's title into another language. Raises Conflict where a machine text would replace a human one."""
    document = _locked(document_id, actor)
    require(policies.may_translate(actor, document))
    if language not in CODES or language == document.source_language:
        raise Invalid(_("Please choose a language other than the one the title was written in."), field="language")
    if origin not in state.TRANSLATION_ORIGINS:
        raise Invalid(_("A translation is made by a person, by a machine, or by a machine and checked."), field="origin")
    words = checked(title, "title", TITLE_MOST, needed=True, lines=False)
    if origin == state.MACHINE and document.language_states.get(language, {}).get("origin") in (state.HUMAN, state.CHECKED):
        raise Conflict(_("A machine text never replaces a human one."))
    if state.write(document, language, {"title": words}, origin=origin):
        document.version += 1
        document.save()
        event = events.DocumentEdited(document_id=document.pk, city_id=document.city_id, fields=[f"title_{language}"])
        record(event, actor=actor)
    return document


@transaction.atomic
def remove(document_id: int, *, actor) -> None:
    """The city takes its document back: nobody finds or fetches it any more."""
    document = _locked(document_id, actor)
    require(policies.may_edit(actor, document))
    now = clock.now()
    if not Document.objects.filter(pk=document.pk, removed_at=None).update(removed_at=now, version=F("version") + 1):
        raise Conflict(_("This document was removed."))
    record(events.DocumentRemoved(document_id=document.pk, city_id=document.city_id), actor=actor)


def _take(upload) -> Taken:
    """Look at what was sent and store it under its digest. Raises Invalid, TooLarge, Unacceptable."""
    if upload is None or not hasattr(upload, "chunks"):
        raise Invalid(_("Please choose a file."), field="file")
    most = settings.DOCUMENT_MAX_BYTES
    too_large = TooLarge(_("This file is larger than %(most)s MB.") % {"most": most // (1 << 20)}, field="file")
    if (upload.size or 0) > most:
        raise too_large
    filename = names.clean_name(upload.name or "")
    kind = kind_of(upload.file, filename)
    digest, size = hashlib.sha256(), 0
    upload.seek(0)
    for chunk in upload.chunks():
        size += len(chunk)
        if size > most:
            raise too_large
        digest.update(chunk)
    if not names.split(filename)[1]:
        filename += kind.extensions[0]
    upload.seek(0)
    place = place_of_file(Version(sha256=digest.hexdigest()), "")
    try:
        with files.asked(default_storage, _("The file could not be stored. Please try again later.")):
            stored = default_storage.save(place, File(upload.file, name=filename))
    except Unavailable:  # a full disk, a folder without rights, a bucket that is gone
        _discard(place)  # half of it may be there
        raise
    return Taken(stored=stored, filename=filename, sha256=digest.hexdigest(), size=size, kind=kind)


@contextmanager
def _kept(taken: Taken) -> Iterator[None]:
    """Around the transaction that gives a stored file its document: when it fails, the bytes do not stay behind."""
    try:
        yield
    except Exception:
        if not connection.needs_rollback and not _belongs(taken.stored):
            _discard(taken.stored)
        raise


def _belongs(stored: str) -> bool:
    """Whether the transaction went through after all; also when it cannot be known, because the database went away meanwhile."""
    try:
        return Version.objects.filter(file=stored).exists()
    except Error:
        return True


def _discard(stored: str) -> None:
    """Remove what belongs to nobody, as far as the store lets us now; what stays is swept away by night."""
    try:
        with files.asked(default_storage):
            default_storage.delete(stored)
    except (Unavailable, FileNotFoundError):
        pass


def _add(document: Document, taken: Taken, number: int, *, actor) -> Version:
    from ..tasks import check_version

    version = Version.objects.create(
        document=document, number=number, file=taken.stored, filename=taken.filename, sha256=taken.sha256, size=taken.size,
        media_type=taken.kind.media_type, uploaded_by=actor, uploaded_at=clock.now(),
    )  # fmt: skip
    record(events.VersionAdded(document_id=document.pk, city_id=document.city_id, version=number), actor=actor)
    check_version.enqueue(version.pk)
    return version


def _practice(practice_id: int | None, city_id: int, actor) -> None:
    if practice_id is not None and not practices_visible_to(actor).filter(pk=practice_id, city=city_id).exists():
        raise Invalid(_("This city has no such practice."), field="practice")


def _seen(document_id: int, actor) -> Document:
    document = documents_visible_to(actor).filter(pk=document_id).first()
    if document is None:
        raise Unknown(_("There is no such document."))
    return document


def _locked(document_id: int, actor) -> Document:
    """The document, if the actor may see it; nobody else changes it until the transaction ends."""
    document = documents_visible_to(actor).filter(pk=document_id).select_for_update(of=("self",), no_key=True).first()
    if document is None:
        raise Unknown(_("There is no such document."))
    return document
