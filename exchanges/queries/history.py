"""What happened to a thing, for those whom it concerns."""

from django.db.models import Q, QuerySet

from alliance.ledger.queries import history_of
from members.models import City, called
from members.policies.standing import Standing, standing_of
from members.queries.applications import applications_visible_to
from members.queries.officials import officials_visible_to

from ..models import Document, Practice
from .rooms import messages_visible_to, rooms_visible_to


def _practices(who: Standing) -> QuerySet:
    """Those of one's own cities; for the secretariat every one that has left its city's desk, also one withdrawn."""
    known = Q(city__in=who.city_ids)
    return Practice.objects.filter(known | ~Q(state=Practice.State.DRAFT) if who.secretariat else known)


def _documents(who: Standing) -> QuerySet:
    """Those of one's own cities; for the secretariat all, also one taken back."""
    return Document.objects.all() if who.secretariat else Document.objects.filter(city__in=who.city_ids)


def _cities(who: Standing) -> QuerySet:
    return City.objects.all() if who.member else City.objects.none()


KINDS = {
    "city": _cities,
    "application": applications_visible_to,
    "official": officials_visible_to,
    "practice": _practices,
    "document": _documents,
    "room": rooms_visible_to,
    "message": messages_visible_to,
}


def history_visible_to(actor, subject: str) -> QuerySet | None:
    """The ledger's entries on `subject` ("city:42"), or None when there is none such for this actor."""
    who = standing_of(actor)
    kind, _, pk = subject.partition(":")
    if kind == "account" and pk == str(who.user_id):
        return history_of(subject)
    if kind not in KINDS or not pk.isascii() or not pk.isdigit() or len(pk) > 15:
        return None
    if not KINDS[kind](who).filter(pk=int(pk)).exists():
        return None
    return history_of(f"{kind}:{int(pk)}")


def entry_rows(entries: QuerySet, actor) -> list[dict]:
    """Entries as plain dicts. A person is named by what the network shows of them, never by address."""
    rows = entries.order_by("id").values("id", "at", "name", "subject", "facts", "actor__id", "actor__label", "actor__staff_role")
    return [
        {
            "id": row["id"],
            "at": row["at"],
            "name": row["name"],
            "subject": row["subject"],
            "facts": row["facts"],
            "actor": _person(row) if row["actor__id"] else None,
        }
        for row in rows
    ]


def _person(row: dict) -> dict:
    return {"id": row["actor__id"], "label": called(row["actor__label"], row["actor__staff_role"])}
