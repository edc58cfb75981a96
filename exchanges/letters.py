"""Which event between the cities sends which letter."""

from functools import singledispatch

from alliance.languages.state import shown_language, text_of
from alliance.ledger.actions import durable
from alliance.ledger.events import Event
from members.actions.letters import owe

from . import events
from .models import Practice


@durable
def write(event: Event) -> None:
    """Ledger listener, inside the transaction: owe what this event makes us write."""
    _write(event)


@singledispatch
def _write(event) -> None:
    """Most events send no letter."""


def _to_author(event, template: str, **facts) -> None:
    practice = Practice.objects.select_related("written_by").get(pk=event.practice_id)
    author = practice.written_by
    if not author.is_active:
        return
    shown = shown_language(author.language, practice.source_language, practice.language_states)
    owe(
        key=f"{event.name}:{practice.pk}:{practice.version}",
        to=author.email,
        language=author.language,
        template=template,
        facts={"practice": practice.pk, "title": text_of(practice, "title", shown), **facts},
    )


@_write.register
def _(event: events.PracticePublished) -> None:
    _to_author(event, "practice_published")


@_write.register
def _(event: events.PracticeReturned) -> None:
    _to_author(event, "practice_returned", reason=event.reason)
