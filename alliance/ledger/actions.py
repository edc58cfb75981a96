"""The one way to say that something happened."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import cache

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from .events import Event
from .models import Entry

log = logging.getLogger("alliance.ledger")


def durable(listener: Callable[[Event], None]) -> Callable[[Event], None]:
    """Mark a listener that must not be lost: it is called inside the transaction, and there only enqueues its task."""
    listener.durable = True  # type: ignore[attr-defined]
    return listener


def record(event: Event, *, actor) -> Entry:
    """Write a fact in the same transaction as the change it tells of, then announce it.

    `actor` is a person, or None for the house itself.
    """
    _in_a_transaction(event)
    entry = Entry.objects.create(name=event.name, subject=event.subject, actor=actor, facts=asdict(event))
    announce(event)
    return entry


def announce(event: Event) -> None:
    """Tell the listeners without writing an entry: for what is its own record, such as a message."""
    _in_a_transaction(event)
    for listener in _listeners(tuple(settings.LEDGER_LISTENERS)):
        if getattr(listener, "durable", False):
            listener(event)
        else:
            transaction.on_commit(_guarded(listener, event))


def _guarded(listener, event):
    # `robust=True` does not hold for every callable in Django 5.2: one deaf listener must never stop the others.
    def tell():
        try:
            listener(event)
        except Exception:
            log.exception("The listener %s failed on %s", listener.__qualname__, event.name)

    return tell


def _in_a_transaction(event: Event) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError(f"{event.name} must be told inside the transaction that it describes.")


@cache
def _listeners(paths: tuple[str, ...]) -> list[Callable[[Event], None]]:
    return [import_string(path) for path in paths]
