"""What time it is for the house. The demonstration network tells its story as it happened, one moment after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("alliance_clock", default=None)


def now() -> datetime:
    """The present, in UTC; inside `at`, the moment that is told."""
    return _told.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block, what happens happens at `moment` (aware)."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
