"""Keeping the index level with the database."""

import logging

from django_tasks import task

from alliance.background import every

from .engines import engine
from .index import INDEXES, everything

log = logging.getLogger("alliance.search")


@task(queue_name="search")
def refresh(kind: str, pk: int) -> None:
    """Read one thing again, and keep or forget it: a repeated or late task does no harm."""
    index = INDEXES[kind]
    # The version first: what is found absent afterwards was absent at that version or later. Read the other way round, a thing
    # published in between would be dropped under its new version, and its own refresh come too late.
    version = index.version_of(pk)
    thing = index.queryset().filter(pk=pk).first()
    if thing is None:
        engine().drop(kind, pk, version)
    else:
        engine().put([index.document(thing)])


@task(queue_name="search")
def rebuild() -> None:
    """Build the index from everything, if it still has to be."""
    if not engine().built():
        counts = engine().rebuild(everything())
        log.info("The search index was built anew: %d things.", sum(counts.values()))


@every(300)
def mend() -> None:
    """An index that is new, was lost or set aside is built from everything."""
    if not engine().built():
        rebuild.enqueue()


@every("20 3 * * *")
def tidy() -> None:
    """Merge the pieces of the index by night."""
    engine().tidy()
