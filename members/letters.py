"""Which event sends which letter. A letter is owed in the transaction of its event, and written by a task."""

from functools import singledispatch

from alliance.ledger.actions import durable
from alliance.ledger.events import Event

from . import events
from .actions.letters import owe
from .models import Application, Official


@durable
def write(event: Event) -> None:
    """Ledger listener, inside the transaction: owe what this event makes us write."""
    _write(event)


@singledispatch
def _write(event) -> None:
    """Most events send no letter."""


def _to_contact(event, template: str, **facts) -> None:
    application = Application.objects.get(pk=event.application_id)
    owe(
        key=f"{event.name}:{application.pk}:{application.code_salt[:8]}",
        to=application.contact_email,
        language=application.language,
        template=template,
        facts={"application": application.pk, "place": application.place, **facts},
    )


@_write.register
def _(event: events.ApplicationReceived) -> None:
    _to_contact(event, "application_code")


@_write.register
def _(event: events.ApplicationReturned) -> None:
    _to_contact(event, "application_returned", reason=event.reason)


@_write.register
def _(event: events.ApplicationRefused) -> None:
    _to_contact(event, "application_refused", reason=event.reason)


@_write.register
def _(event: events.ApplicationAdmitted) -> None:
    _to_contact(event, "application_admitted", city=event.city_id, reason=event.reason)


@_write.register
def _(event: events.OfficialInvited) -> None:
    official = Official.objects.get(pk=event.official_id)
    owe(
        key=f"{event.name}:{official.pk}",
        to=official.email,
        language=official.language,
        template="invitation",
        facts={"official": official.pk, "city": official.city_id, "role": official.role},
    )


@_write.register
def _(event: events.MandateEnded) -> None:
    official = Official.objects.select_related("user").get(pk=event.official_id)
    if official.starts_at is None:
        return
    owe(
        key=f"{event.name}:{official.pk}",
        to=official.email,
        language=official.user.language if official.user else official.language,
        template="mandate_ended",
        facts={"city": official.city_id, "role": official.role},
    )
