"""Mandates: invited, accepted, ended."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.errors import Conflict, Invalid, Unknown
from alliance.languages.tongues import CODES
from alliance.ledger.actions import record
from alliance.policy import require

from .. import codes, events
from ..models import City, Official
from ..policies.officials import may_end, may_invite
from ..policies.standing import SEATED, active_mandates
from . import accounts

CODE_LIFE = timedelta(days=14)
CODE_LENGTH = 12  # 59 bits: the code alone finds the invitation


@transaction.atomic
def invite(city_id: int, *, email: str, role: str, language: str, until: datetime | None = None, actor) -> Official:
    """A city invites a person to act for it; the code goes by letter, in the person's language.

    Raises Invalid for a bad address, role, language or end, Conflict when the address already has or awaits this role.
    """
    require(may_invite(actor, city_id))
    address = email.strip().lower()
    try:
        validate_email(address)
        if len(address) > 254:
            raise ValidationError("RFC 5321 allows no more")
    except ValidationError:
        raise Invalid(_("Please give a complete e-mail address, such as office@city.example."), field="email") from None
    if role not in Official.Role.values:
        raise Invalid(_("We do not know this role."), field="role")
    if language not in CODES:
        raise Invalid(_("We do not know this language."), field="language")
    now = clock.now()
    if until is not None and until <= now:
        raise Invalid(_("The end of the mandate must lie in the future."), field="until")
    # The city's row is the lock: the same invitation sent twice at once is seen as a second one.
    if not City.objects.select_for_update(no_key=True).filter(pk=city_id, state__in=SEATED).first():
        raise Conflict(_("This city is not a member at present."), field="city")
    standing = Q(ends_at=None) | Q(ends_at__gt=now)
    if Official.objects.filter(standing, city=city_id, email=address, role=role).exists():
        raise Conflict(_("This address already holds this role or has been invited to it."), field="email")
    official = Official(city_id=city_id, email=address, role=role, language=language, ends_at=until, invited_by=actor)
    official.code_salt = codes.fresh_salt()
    official.code_expires_at = now + CODE_LIFE
    official.code_digest = codes.digest_of(code_of(official))
    official.save()
    record(events.OfficialInvited(official_id=official.pk, city_id=city_id, role=role), actor=actor)
    return official


def code_of(official: Official) -> str:
    """The code that the letter of this invitation carries. The salt alone makes it unique."""
    return codes.code_for("official", official.code_salt, length=CODE_LENGTH)


@transaction.atomic
def accept(code: str, *, actor) -> Official:
    """The invited person begins the mandate; the code proves the address, so the account is opened if it is not there.

    Raises Invalid for an unknown code, Conflict for one that was used, has expired, or whose mandate has ended.
    """
    now = clock.now()
    official = Official.objects.select_related("city").filter(code_digest=codes.digest_of(codes.tidy(code))).first()
    if official is None or not codes.tidy(code):
        raise Invalid(_("This is not the code of the e-mail. Please check it and try again."), field="code")
    too_late = official.code_expires_at < now or (official.ends_at and official.ends_at <= now)
    if too_late or official.city.state not in SEATED:
        raise Conflict(_("This invitation is no longer valid. Please ask the city for a new one."), field="code")
    if official.starts_at is not None:
        raise Conflict(_("This invitation was accepted before."), field="code")
    # The update is the lock: whoever brings the same code at the same moment waits here, and then comes too late.
    if not Official.objects.filter(pk=official.pk, starts_at=None).update(starts_at=now):
        raise Conflict(_("This invitation was accepted before."), field="code")
    with translation.override(official.language):  # the person's, not that of whoever sent the code in
        label = f"{official.get_role_display()}, {official.city.name}"
    person = accounts.open_account(official.email, label=label, language=official.language, actor=actor)
    if not person.is_active:
        raise Conflict(_("This invitation is no longer valid. Please ask the city for a new one."), field="code")
    Official.objects.filter(pk=official.pk).update(user=person)
    official.refresh_from_db()
    record(
        events.MandateBegan(official_id=official.pk, city_id=official.city_id, user_id=person.pk, role=official.role),
        actor=actor if actor is not None and actor.is_authenticated else person,
    )
    return official


@transaction.atomic
def end(official_id: int, *, actor) -> Official:
    """End a mandate now. What was done under it stays. The last coordinator of a city is ended by the secretariat only."""
    official = Official.objects.filter(pk=official_id).first()
    if official is None:
        raise Unknown(_("There is no such mandate."))
    require(may_end(actor, official))
    now = clock.now()
    # The city's row is the lock: two coordinators who end one another at once do not leave the city without any.
    City.objects.select_for_update(no_key=True).filter(pk=official.city_id).first()
    if official.role == Official.Role.COORDINATOR and actor.staff_role != "secretariat" and _is_last_coordinator(official):
        raise Conflict(_("A city keeps at least one coordinator. Please invite another one first, or ask the secretariat."))
    if not Official.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), pk=official.pk).update(ends_at=now):
        raise Conflict(_("This mandate has ended already."))
    official.refresh_from_db()
    record(events.MandateEnded(official_id=official.pk, city_id=official.city_id, user_id=official.user_id), actor=actor)
    return official


def _is_last_coordinator(official: Official) -> bool:
    others = active_mandates().filter(city=official.city_id, role=Official.Role.COORDINATOR).exclude(pk=official.pk)
    return official.starts_at is not None and not others.exists()
