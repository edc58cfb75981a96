"""What happened to a thing, for those whom it concerns."""

from django.db.models import QuerySet

from alliance.ledger.queries import history_of
from members.models import City
from members.policies.standing import Standing, standing_of
from members.queries.applications import applications_visible_to
from members.queries.officials import officials_visible_to

from ..models import Document, Practice
from .rooms import messages_visible_to, rooms_visible_to


def _own(model):
    """Things of one's own cities; the secretariat keeps the memory of all that is not talk."""

    def visible(who: Standing) -> QuerySet:
        things = model.objects.all()
        return things if who.secretariat else things.filter(city__in=who.city_ids)

    return visible


def _cities(who: Standing) -> QuerySet:
    return City.objects.all() if who.member else City.objects.none()


KINDS = {
    "city": _cities,
    "application": applications_visible_to,
    "official": officials_visible_to,
    "practice": _own(Practice),
    "document": _own(Document),
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
    rows = entries.order_by("id").values("id", "at", "name", "subject", "facts", "actor__id", "actor__label")
    return [
        {
            "id": row["id"],
            "at": row["at"],
            "name": row["name"],
            "subject": row["subject"],
            "facts": row["facts"],
            "actor": {"id": row["actor__id"], "label": row["actor__label"]} if row["actor__id"] else None,
        }
        for row in rows
    ]
