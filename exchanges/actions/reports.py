"""Reporting what should not stand here, and deciding on it."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance import clock
from alliance.errors import Conflict, Invalid, Unknown
from alliance.languages import state
from alliance.ledger.actions import record
from alliance.policy import require

from .. import events
from ..models import Document, Message, Practice, Report
from ..policies import reports as policies
from ..queries.reports import KINDS, author_of, parted, reports_visible_to, subject_of, subject_seen_by
from ..words import checked
from . import rooms

NOTE_MOST = 2000
EXCERPT_MOST = 2000
OUTCOMES = {"hide": Report.State.HIDDEN, "keep": Report.State.KEPT}


@transaction.atomic
def report(subject: str, reason: str, note: str = "", *, actor) -> Report:
    """A member says that a message, practice or document ("message:17") should not stand here. What stood there is kept.

    Raises Invalid, Unknown for what the actor cannot see, Forbidden for one's own, Conflict for a second report.
    """
    parts = parted(subject) if isinstance(subject, str) else None
    if parts is None:
        raise Invalid(_("You can report a message, a practice or a document."), field="subject")
    kind, pk = parts
    thing = subject_seen_by(actor, subject)
    if thing is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    require(policies.may_report(actor, getattr(thing, KINDS[kind][1])))
    if reason not in Report.Reason.values:
        raise Invalid(_("We do not know this reason."), field="reason")
    words = checked(note, "note", NOTE_MOST)
    if getattr(thing, "hidden_at", None):
        raise Conflict(_("This is hidden already."))
    try:
        with transaction.atomic():
            made = Report.objects.create(
                subject=f"{kind}:{pk}",
                reason=reason,
                note=words,
                excerpt=_excerpt(thing),
                reported_by=actor,
                reported_at=clock.now(),
            )
    except IntegrityError:
        raise Conflict(_("You have reported this already.")) from None
    record(events.ReportMade(report_id=made.pk, about=made.subject), actor=actor)
    return made


@transaction.atomic
def decide(report_id: int, outcome: str, note: str = "", *, actor) -> Report:
    """A moderator hides what was reported, or keeps it: `outcome` is "hide" or "keep". It settles every open report about it.

    Raises Conflict when somebody has decided before, or when there is nothing left to hide.
    """
    found = _reported(report_id, actor)
    if outcome not in OUTCOMES:
        raise Invalid(_("A report is decided by “hide” or “keep”."), field="outcome")
    words = checked(note, "note", NOTE_MOST)
    facts = {"state": OUTCOMES[outcome], "decision_note": words, "decided_by": actor, "decided_at": clock.now()}
    alike = _settle(found, Report.State.OPEN, **facts)
    if outcome == "hide":
        _hide(found, actor=actor)
    for pk in alike:
        record(events.ReportDecided(report_id=pk, about=found.subject, outcome=outcome), actor=actor)
    found.refresh_from_db()
    return found


@transaction.atomic
def undo(report_id: int, *, actor) -> Report:
    """A moderator undoes a decision: what was hidden stands again, and the report is open."""
    found = _reported(report_id, actor)
    if found.state == Report.State.OPEN:
        raise Conflict(_("Nobody has decided on this report yet."))
    alike = _settle(found, found.state, state=Report.State.OPEN, decision_note="", decided_by=None, decided_at=None)
    if found.state == Report.State.HIDDEN:
        _show(found, actor=actor)
    for pk in alike:
        record(events.ReportUndone(report_id=pk, about=found.subject), actor=actor)
    found.refresh_from_db()
    return found


def _reported(report_id: int, actor) -> Report:
    found = reports_visible_to(actor).filter(pk=report_id).first()
    if found is None:
        raise Unknown(_("There is no such report."))
    require(policies.may_decide(actor, author_of(found.subject)))
    return found


def _settle(found: Report, before, **facts) -> list[int]:
    """Compare and swap this report, and those about the same thing that are open, or were decided with it: their ids."""
    # All of them are locked in one order: two who decide on two of them at once would else wait for one another.
    list(Report.objects.select_for_update(no_key=True).filter(subject=found.subject).order_by("pk").values_list("pk"))
    if not Report.objects.filter(pk=found.pk, state=before).update(**facts):
        raise Conflict(_("Somebody else has decided on this report in the meantime."))
    others = Report.objects.filter(subject=found.subject, state=before, decided_at=found.decided_at).exclude(pk=found.pk)
    alike = list(others.order_by("pk").values_list("pk", flat=True))
    Report.objects.filter(pk__in=alike).update(**facts)
    return [found.pk, *alike]


def _hide(found: Report, *, actor) -> None:
    thing = subject_of(found)
    if isinstance(thing, Message):
        if thing.removed_at is not None:
            raise Conflict(_("Its author has removed this message already: there is nothing to hide."))
        rooms.take_down(thing, by_moderation=True, actor=actor)
    elif isinstance(thing, Practice | Document):
        hidden = type(thing).objects.filter(pk=thing.pk, hidden_at=None)
        if not hidden.update(hidden_at=clock.now(), version=F("version") + 1):
            raise Conflict(_("This is hidden already."))
    else:
        raise Conflict(_("What was reported is no longer there."))


def _show(found: Report, *, actor) -> None:
    thing = subject_of(found)
    if isinstance(thing, Message):
        rooms.put_back(thing, actor=actor)
    elif thing is not None:
        type(thing).objects.filter(pk=thing.pk).update(hidden_at=None, version=F("version") + 1)


def _excerpt(thing) -> str:
    """What stands there now, so that the decision is about what was reported."""
    if isinstance(thing, Message):
        return thing.text[:EXCERPT_MOST]
    fields = Practice.TEXTS if isinstance(thing, Practice) else ("title",)
    texts = state.texts_of(thing, fields, thing.source_language)
    return "\n\n".join(text for text in texts.values() if text)[:EXCERPT_MOST]
