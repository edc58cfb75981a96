"""A city gives its word, reserves, and takes it back. The secretariat, as depositary, only keeps the register."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.errors import Conflict, Invalid, Unknown
from alliance.languages.state import reader_language
from alliance.ledger.actions import record
from alliance.policy import require
from members.actions import cities
from members.models import City

from ..events import AccordSigned, SignatureWithdrawn
from ..models import Deliberation, Edition, RegisterEntry, Signature
from ..policies.signing import may_sign
from ..queries.register import GENESIS, line, seal

Kind = RegisterEntry.Kind


@transaction.atomic
def sign(city_id: int, edition_sha256: str, deliberation: Mapping, *, reservation: str = "", actor) -> Signature:
    """Sign the exact text whose sha256 is given, on the mandate of the council's deliberation.

    `deliberation`: date, reference, votes_for, votes_against, abstentions, record_url?. Raises Invalid for its shape, Conflict
    for a text that is superseded or unknown, or that the city has signed already.
    """
    require(may_sign(actor, city_id))
    city = City.objects.filter(pk=city_id).first()
    edition = Edition.objects.order_by("-number").first()
    if city is None or edition is None:
        raise Unknown(_("There is no such city."))
    if edition_sha256 != edition.sha256:
        raise Conflict(_superseded(edition_sha256), field="edition_sha256")
    if Signature.objects.filter(edition=edition, city=city).exists():
        raise Conflict(_("This city has already signed this edition."), field="city")
    now = clock.now()
    act = Deliberation.objects.create(city=city, **checked_deliberation(deliberation))
    words = _words(reservation, "reservation")
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                edition=edition,
                city=city,
                deliberation=act,
                signed_by=actor,
                signed_at=now,
                reservation=words,
                reservation_language=reader_language() if words else "",
            )
    except IntegrityError:
        raise Conflict(_("This city has already signed this edition."), field="city") from None
    facts = {"deliberation": _public(act)}
    entry = enter(Kind.SIGNATURE, city, edition, facts, at=now)
    if words:
        enter(Kind.RESERVATION, city, edition, {"text": words, "language": signature.reservation_language}, at=now)
    cities.mark_signed(city.pk, now, actor=actor)
    record(AccordSigned(city_id=city.pk, edition=edition.number, sha256=edition.sha256, position=entry.position), actor=actor)
    return signature


@transaction.atomic
def withdraw(city_id: int, reason: str, *, actor) -> RegisterEntry:
    """A city takes its signature back and leaves. The register keeps both lines; its mandates end.

    Raises Conflict without a signature in force.
    """
    require(may_sign(actor, city_id))
    words = _words(reason, "reason")
    if not words:
        raise Invalid(_("Please give the reason."), field="reason")
    signature = (
        Signature.objects.select_related("edition", "city").filter(city=city_id, withdrawn_at=None).order_by("-edition").first()
    )
    now = clock.now()
    if signature is None or not Signature.objects.filter(pk=signature.pk, withdrawn_at=None).update(withdrawn_at=now):
        raise Conflict(_("This city has no signature in force."))
    entry = enter(Kind.WITHDRAWAL, signature.city, signature.edition, {"reason": words, "language": reader_language()}, at=now)
    cities.mark_signed(city_id, None, actor=actor)
    record(
        SignatureWithdrawn(city_id=city_id, edition=signature.edition.number, position=entry.position, reason=words), actor=actor
    )
    cities.set_state(city_id, City.State.WITHDRAWN, words, actor=actor)
    return entry


def enter(kind: str, city: City, edition: Edition, facts: Mapping, *, at: datetime) -> RegisterEntry:
    """Write the next line of the register. The caller holds the transaction.

    The first edition's row is the lock: whoever writes a line waits for the one before, so that positions have no gaps. The
    lock leaves the key alone, so that nobody waits for it who only refers to the edition.
    """
    list(Edition.objects.select_for_update(no_key=True).order_by("number").values_list("pk", flat=True)[:1])
    last = RegisterEntry.objects.order_by("-position").first()
    entry = RegisterEntry(
        position=last.position + 1 if last else 1,
        kind=kind,
        city=city,
        city_slug=city.slug,
        edition=edition.number,
        edition_sha256=edition.sha256,
        at=at,
        facts=dict(facts),
        previous_hash=last.hash if last else GENESIS,
    )
    entry.hash = seal(line(entry))
    entry.save()
    return entry


def checked_deliberation(given: Mapping) -> dict:
    """The deliberation as it is kept. Raises Invalid naming the field."""
    on = given.get("date")
    if not isinstance(on, date):
        raise Invalid(_("Please give the date of the deliberation."), field="deliberation.date")
    if on > clock.now().date():
        raise Invalid(_("The deliberation cannot lie in the future."), field="deliberation.date")
    reference = str(given.get("reference") or "").strip()
    if not reference or len(reference) > 120 or "\x00" in reference:
        raise Invalid(
            _("Please give the reference of the deliberation, in at most 120 characters."), field="deliberation.reference"
        )
    votes = {}
    for field in ("votes_for", "votes_against", "abstentions"):
        count = given.get(field)
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 100_000:
            raise Invalid(_("Please give the number of votes as a whole number."), field=f"deliberation.{field}")
        votes[field] = count
    if votes["votes_for"] <= votes["votes_against"]:
        raise Invalid(_("The council has to have voted for the signature."), field="deliberation.votes_for")
    return {"date": on, "reference": reference, "record_url": str(given.get("record_url") or "")[:200], **votes}


def _public(act: Deliberation) -> dict:
    votes = {"votes_for": act.votes_for, "votes_against": act.votes_against, "abstentions": act.abstentions}
    record_url = {"record_url": act.record_url} if act.record_url else {}
    return {"date": act.date.isoformat(), "reference": act.reference, **votes, **record_url}


def _superseded(sha256: str):
    if "\x00" not in sha256 and Edition.objects.filter(sha256=sha256).exists():
        return _("This edition is superseded. Please read and sign the current one.")
    return _("This is not the text of the current edition. Please reload it and read it again before signing.")


def _words(text: str, field: str) -> str:
    if len(text) > 4000 or "\x00" in text:
        raise Invalid(_("Please use at most %(most)s characters.") % {"most": 4000}, field=field)
    return text.strip()
