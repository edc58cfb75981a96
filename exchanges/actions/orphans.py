"""Files that belong to no document: their upload was broken off between the store and the database."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import default_storage

from alliance import clock, files

from ..models import Version
from ..models.documents import PLACE

log = logging.getLogger("alliance.files")

AGE = timedelta(days=1)
FEW = 10  # broken uploads are rare; more than these, and than a tenth of what is known, are somebody's documents


def sweep(*, actor) -> int:
    """Remove them. Returns how many.

    Only what is older than a day: a younger one may be on its way into the database. Nothing at all when there are too many: then
    this is the store of another network, or the database was restored from an older copy. Raises Unavailable while it rests.
    """
    assert actor is None  # the house tidies up after itself; nothing that anybody was told of changes
    before, known, lost = clock.now() - AGE, 0, []
    try:
        for stored, kept in _folders():
            known += len(kept)
            strangers = [name for name in stored if name not in kept]
            with files.asked(default_storage):
                lost += [name for name in strangers if default_storage.get_modified_time(name) < before]
        if len(lost) > max(FEW, known // 10):
            log.error(
                "%d files belong to no document, beside %d that do: none is removed. If S3_URL or DATA_DIR names another "
                "network's store, correct it; if the database was restored from an older copy, their documents are in the newer "
                "one.",
                len(lost), known,
            )  # fmt: skip
            return 0
        for name in lost:
            with files.asked(default_storage):
                default_storage.delete(name)
    except FileNotFoundError:
        return 0  # nothing was ever stored, or it went by itself
    return len(lost)


def _folders() -> Iterator[tuple[list[str], set[str]]]:
    """What is stored, and what of it belongs to a document, folder by folder."""
    with files.asked(default_storage):
        folders = default_storage.listdir(PLACE)[0]
    for folder in folders:
        with files.asked(default_storage):
            stored = [f"{PLACE}/{folder}/{name}" for name in default_storage.listdir(f"{PLACE}/{folder}")[1]]
        yield stored, set(Version.objects.filter(file__startswith=f"{PLACE}/{folder}/").values_list("file", flat=True))
