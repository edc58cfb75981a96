"""Files on their way to a document: looked at, stored, and removed again when nothing comes of it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.utils.translation import gettext as _

from alliance import files
from alliance.errors import Invalid, TooLarge, Unavailable

from ..files import names
from ..files.kinds import Kind, kind_of
from ..models import Version
from ..models.documents import place_of_file


@dataclass(frozen=True)
class Taken:
    """A file that was looked at and stored, and belongs to no document yet."""

    stored: str
    filename: str
    sha256: str
    size: int
    kind: Kind


def take(upload) -> Taken:
    """Look at what was sent and store it under its digest. Raises Invalid, TooLarge, Unacceptable, Unavailable."""
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
def kept(taken: Taken) -> Iterator[None]:
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
