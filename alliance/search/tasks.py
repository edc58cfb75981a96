"""Keeping the index level with the database."""

from django_tasks import task

from .engines import engine
from .index import INDEXES


@task(queue_name="search")
def refresh(kind: str, pk: int) -> None:
    """Read one thing again and keep or forget it: a repeated or late task does no harm."""
    index = INDEXES[kind]
    thing = index.queryset().filter(pk=pk).first()
    if thing is None:
        engine().drop(kind, pk, 0)
    else:
        engine().put([index.document(thing)])
