"""Which event puts a line before which person."""

from functools import singledispatch

from django.db import transaction

from alliance import live
from alliance.ledger.actions import durable
from alliance.ledger.events import Event
from members.actions import notices
from members.policies.standing import active_mandates

from . import events
from .models import Practice, Report, Version


@durable
def tell(event: Event) -> None:
    """Ledger listener, inside the transaction: the lines are written with what they tell of; the live word follows the commit."""
    concerned, facts = _concerned(event)
    told = notices.tell(concerned, event.name, event.subject, facts, actor=None) if concerned else []

    def say() -> None:
        for notice in told:
            live.tell_person(notice.person_id, "notice.new", {"id": notice.pk, "name": notice.name, "subject": notice.subject})

    if told:
        transaction.on_commit(say, robust=True)


@singledispatch
def _concerned(event) -> tuple[list[int], dict]:
    """Whom an event concerns, and what their line says. Most concern nobody in particular."""
    return [], {}


@_concerned.register(events.PracticePublished)
@_concerned.register(events.PracticeReturned)
def _(event):
    practice = Practice.objects.get(pk=event.practice_id)
    return [practice.written_by_id], {"practice": practice.pk}


@_concerned.register
def _(event: events.PracticeTransferred):
    return list(active_mandates().filter(city=event.city_id).values_list("user", flat=True).distinct()), {
        "practice": event.practice_id,
        "by_city": event.by_city_id,
    }


@_concerned.register
def _(event: events.RoomJoined):
    return [event.person_id], {"room": event.room_id}


@_concerned.register
def _(event: events.VersionQuarantined):
    version = Version.objects.get(document=event.document_id, number=event.version)
    return [version.uploaded_by_id], {"document": event.document_id, "reason": event.reason}


@_concerned.register
def _(event: events.ReportDecided):
    return [Report.objects.get(pk=event.report_id).reported_by_id], {"outcome": event.outcome}
