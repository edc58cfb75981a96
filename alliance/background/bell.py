"""The bell: work was committed in this process, whoever waits for some may look at once instead of at the next poll."""

import threading

from django.db import transaction

_waiting: set[threading.Event] = set()
_guard = threading.Lock()


def hear(ears: threading.Event) -> None:
    """From now on, `ears` is set whenever work was committed."""
    with _guard:
        _waiting.add(ears)


def leave(ears: threading.Event) -> None:
    """Hear no more."""
    with _guard:
        _waiting.discard(ears)


def ring() -> None:
    """Wake everybody who waits for work in this process."""
    with _guard:
        for ears in _waiting:
            ears.set()


def ring_on_commit(**_facts) -> None:
    """Receiver of django-tasks' `task_enqueued`: before the commit no worker could see the task."""
    if _waiting:
        transaction.on_commit(ring)
