"""Sharing documents: files that are checked before anybody can fetch them."""

import hashlib
import logging
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance import clock, files
from alliance.errors import Conflict, Invalid, Unavailable, Unknown
from alliance.languages import state
from alliance.languages.tongues import CODES
from alliance.ledger.actions import record
from alliance.policy import require

from .. import events
from ..files import scanner
from ..files import text as texts
from ..files.kinds import BY_MEDIA_TYPE
from ..models import Document, Version
from ..policies import documents as policies
from ..queries.documents import documents_visible_to
from ..queries.practices import practices_visible_to
from ..words import checked
from . import uploads
from .audience import read_audience, set_audience

log = logging.getLogger("alliance.files")

TITLE_MOST = 200
OVERDUE = timedelta(days=3)  # as long as a task waits for a part at rest
UNSET = object()
_RESTING = gettext_lazy("The file store is resting. Files wait until it answers.")


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
    taken = uploads.take(upload)
    with uploads.kept(taken), transaction.atomic():
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
    taken = uploads.take(upload)
    with uploads.kept(taken), transaction.atomic():
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


def check(version_id: int, *, actor) -> None:
    """Check a file: a virus scanner's verdict where there is one, then its text. Doing it again changes nothing.

    Raises Unavailable when the scanner or the file store rests: the file then stays as it is, and is tried again.
    """
    version = Version.objects.defer("text").filter(pk=version_id, state=Version.State.SCANNING).first()
    if version is None:
        return
    facts = _examined(version)
    with transaction.atomic():
        # Compare and swap: of two workers with the same file, one writes.
        if not Version.objects.filter(pk=version_id, state=Version.State.SCANNING).update(**facts):
            return
        Document.objects.filter(pk=version.document_id).update(version=F("version") + 1)
        city_id = Document.objects.values_list("city_id", flat=True).get(pk=version.document_id)
        about = {"document_id": version.document_id, "city_id": city_id, "version": version.number}
        if facts["state"] == Version.State.READY:
            record(events.VersionReady(**about), actor=actor)
        else:
            record(events.VersionQuarantined(**about, reason=facts["reason"]), actor=actor)


def check_overdue(*, actor) -> int:
    """Check the files whose own task was given up, because the scanner or the store rested for longer than it waits.

    Returns how many have their verdict now. While the part still rests they wait on: they are looked at again in an hour.
    """
    overdue = Version.objects.filter(state=Version.State.SCANNING, uploaded_at__lt=clock.now() - OVERDUE)
    done = 0
    for version_id in list(overdue.order_by("pk").values_list("pk", flat=True)):
        try:
            check(version_id, actor=actor)
            done += 1
        except Unavailable:
            if "down" in (scanner.state(), files.state(default_storage)):
                break
        except Exception:  # one file that brings its check down does not keep the others waiting
            log.exception("The file %s could not be checked", version_id)
    return done


def _examined(version: Version) -> dict:
    """What the checks say of a file, as the columns to write. Outside any transaction: this may take a minute.

    Raises Unavailable when a check could not be made, be it for want of room on this machine's own disk.
    """
    quarantined, scanned = Version.State.QUARANTINED, bool(settings.CLAMD_URL)
    try:
        with tempfile.NamedTemporaryFile(prefix="alliance-", suffix=".check") as copy:
            if not _copied(version, copy):
                return {"state": quarantined, "reason": Version.Reason.UNREADABLE}
            copy.seek(0)
            if scanned and (found := scanner.virus_in(copy.file, settings.CLAMD_URL)):
                log.warning("The virus scanner found %s in %s", found, version)
                return {"state": quarantined, "reason": _reason(found), "scanned": True}
            reading = texts.read(BY_MEDIA_TYPE[version.media_type].key, Path(copy.name))
    except OSError as error:
        log.warning("%s cannot be checked on this machine: %s", version, error)
        raise Unavailable(_RESTING, part="files") from error
    if reading.fault:
        return {"state": quarantined, "reason": reading.fault, "scanned": scanned}
    return {"state": Version.State.READY, "text": reading.text, "pages": reading.pages, "scanned": scanned}


def _reason(found: str) -> str:
    """Why a file is in quarantine, by what clamd calls its find: one that exceeds clamd's limits need not hold a virus."""
    return Version.Reason.TOO_LARGE_UNPACKED if found.startswith("Heuristics.Limits.Exceeded") else Version.Reason.VIRUS


def _copied(version: Version, copy) -> bool:
    """Bring the bytes from the store into `copy`. False when they are not those that were uploaded."""
    digest = hashlib.sha256()
    try:
        with files.asked(version.file.storage, _RESTING), version.file.open("rb") as stored:
            for chunk in stored.chunks():
                digest.update(chunk)
                copy.write(chunk)
    except FileNotFoundError:
        return False
    copy.flush()
    return digest.hexdigest() == version.sha256


def _add(document: Document, taken: uploads.Taken, number: int, *, actor) -> Version:
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
