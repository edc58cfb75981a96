"""Checking files that were shared: a virus scanner's verdict where there is one, then their text."""

import hashlib
import logging
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy

from alliance import files
from alliance.errors import Unavailable
from alliance.ledger.actions import record

from .. import events
from ..files import scanner
from ..files import text as texts
from ..files.kinds import BY_MEDIA_TYPE
from ..models import Document, Version

log = logging.getLogger("alliance.files")

_RESTING = gettext_lazy("The file store is resting. Files wait until it answers.")


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
