"""Reports, for those who decide on them and for those who made them."""

from typing import Any

from django.db.models import Model, QuerySet

from members.models import called
from members.policies.standing import may_moderate, standing_of

from ..models import Document, Message, Practice, Report
from .documents import documents_visible_to
from .practices import practices_visible_to
from .rooms import messages_visible_to

# kind: (model, the person who wrote it, who may see it)
KINDS: dict[str, tuple[Any, str, Any]] = {
    "message": (Message, "author_id", messages_visible_to),
    "practice": (Practice, "written_by_id", practices_visible_to),
    "document": (Document, "shared_by_id", documents_visible_to),
}


def reports_visible_to(actor) -> QuerySet[Report]:
    """All of them for moderators and the secretariat, their own for everybody else."""
    who = standing_of(actor)
    if may_moderate(who):
        return Report.objects.all()
    return Report.objects.filter(reported_by=who.user_id) if who.known else Report.objects.none()


def parted(subject: str) -> tuple[str, int] | None:
    """("message", 17) for "message:17"; None for what cannot be reported."""
    kind, _, pk = subject.partition(":")
    if kind not in KINDS or not pk.isascii() or not pk.isdigit() or len(pk) > 15:
        return None
    return kind, int(pk)


def subject_seen_by(actor, subject: str) -> Model | None:
    """What `subject` names, if the actor may see it."""
    parts = parted(subject)
    if parts is None:
        return None
    return KINDS[parts[0]][2](actor).filter(pk=parts[1]).first()


def subject_of(report: Report) -> Model | None:
    """What was reported, also when it no longer stands there."""
    parts = parted(report.subject)
    return KINDS[parts[0]][0].objects.filter(pk=parts[1]).first() if parts else None


def author_of(subject: str) -> int | None:
    """The id of the person who wrote it."""
    parts = parted(subject)
    if parts is None:
        return None
    model, author, _visible = KINDS[parts[0]]
    return model.objects.filter(pk=parts[1]).values_list(author, flat=True).first()


def report_rows(queryset: QuerySet[Report], *, actor) -> list[dict]:
    """Reports as plain dicts, in the queryset's order, in one query. Persons are named by their label; the note that goes with a
    decision is for those who decide."""
    insider = bool(may_moderate(actor))
    columns = (
        "id", "subject", "reason", "note", "excerpt", "state", "reported_at", "decision_note",
        "reported_by", "reported_by__label", "reported_by__staff_role",
        "decided_at", "decided_by", "decided_by__label", "decided_by__staff_role",
    )  # fmt: skip
    reasons, states = dict(Report.Reason.choices), dict(Report.State.choices)
    return [
        {
            "id": row["id"],
            "subject": row["subject"],
            "reason": row["reason"],
            "reason_label": str(reasons.get(row["reason"], row["reason"])),
            "note": row["note"],
            "excerpt": row["excerpt"],
            "state": row["state"],
            "state_label": str(states.get(row["state"], row["state"])),
            "reported_at": row["reported_at"],
            "reported_by": _person(row, "reported_by"),
            "decision_note": row["decision_note"] if insider else "",
            "decided_at": row["decided_at"],
            "decided_by": _person(row, "decided_by") if row["decided_by"] else None,
        }
        for row in queryset.values(*columns)
    ]


def _person(row: dict, part: str) -> dict:
    return {"id": row[part], "label": called(row[f"{part}__label"], row[f"{part}__staff_role"])}
