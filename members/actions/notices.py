"""Notices: told to one person, read by them."""

from django.db import transaction

from alliance import clock

from ..models import Notice


@transaction.atomic
def tell(person_ids, name: str, subject: str, facts: dict, *, actor) -> list[Notice]:
    """A line for each of these persons, except the one who did it."""
    done_by = actor.pk if actor is not None else None
    told = [Notice(person_id=pk, name=name, subject=subject, facts=facts) for pk in person_ids if pk != done_by]
    return Notice.objects.bulk_create(told)


@transaction.atomic
def mark_read(up_to: int, *, actor) -> int:
    """Everything up to this notice has been read. Returns how many were new."""
    return Notice.objects.filter(person=actor, pk__lte=up_to, read_at=None).update(read_at=clock.now())
