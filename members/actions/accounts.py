"""Accounts, and the keys that stand for them."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.errors import Conflict, Invalid, Unknown
from alliance.languages.tongues import CODES
from alliance.ledger.actions import record
from alliance.policy import require

from .. import events
from ..codes import digest_of
from ..models import SignInLink, Token, User
from ..policies.standing import may_keep_the_house


def open_account(email: str, *, label: str, language: str, staff_role: str = "", actor) -> User:
    """The account of this address, made if it is not there. The caller has proof of the address, and a transaction."""
    address = email.strip().lower()
    user = User.objects.filter(email=address).first()
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    address, label=label[:120], language=language if language in CODES else "en", staff_role=staff_role
                )
        except IntegrityError:  # somebody opened it at this very moment
            user = User.objects.get(email=address)
        else:
            record(events.AccountOpened(user_id=user.pk), actor=actor)
    EmailAddress.objects.get_or_create(user=user, email=address, defaults={"verified": True, "primary": True})
    return user


@transaction.atomic
def issue_token(user_id: int, *, days: int | None, actor) -> str:
    """A bearer token that acts for this person, for `days` (or until revoked). Only the digest is kept."""
    user = _person(user_id)
    raw = f"alliance_{secrets.token_urlsafe(32)}"
    ends = clock.now() + timedelta(days=days) if days is not None else None
    token = Token.objects.create(user=user, digest=digest_of(raw), expires_at=ends)
    record(events.TokenIssued(user_id=user.pk, token_id=token.pk), actor=actor)
    return raw


@transaction.atomic
def revoke_token(raw: str, *, actor) -> None:
    """The token stops working at once. Raises Unknown for one that is not ours, Conflict for one already revoked."""
    token = Token.objects.filter(digest=digest_of(raw)).first()
    if token is None:
        raise Unknown(_("There is no such token."))
    if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        raise Conflict(_("This token was revoked before."))
    record(events.TokenRevoked(user_id=token.user_id, token_id=token.pk), actor=actor)


@transaction.atomic
def end_token(token_id: int, *, actor) -> None:
    """A person stops a token of their own. Raises Unknown for another's, Conflict for one that was revoked before."""
    token = Token.objects.filter(pk=token_id, user=actor.pk).first()
    if token is None:
        raise Unknown(_("There is no such token."))
    if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        raise Conflict(_("This token was revoked before."))
    record(events.TokenRevoked(user_id=token.user_id, token_id=token.pk), actor=actor)


@transaction.atomic
def make_sign_in_link(email: str, *, actor) -> str:
    """The operator's spare key for this person: the secret part of a link, good once, for ten minutes."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first() if "\x00" not in email else None
    if user is None:
        raise Unknown(_("There is no active account with this address."))
    raw = secrets.token_urlsafe(32)
    SignInLink.objects.create(user=user, digest=digest_of(raw), expires_at=clock.now() + settings.SIGN_IN_LINK_LIFE)
    record(events.SignInLinkMade(user_id=user.pk), actor=actor)
    return raw


@transaction.atomic
def use_sign_in_link(raw: str, *, actor) -> User:
    """Whom this link signs in. It works once: the second use, and any after ten minutes, is a Conflict."""
    now = clock.now()
    link = SignInLink.objects.select_related("user").filter(digest=digest_of(raw)).first()
    live = link is not None and link.user.is_active
    if not live or not SignInLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        raise Conflict(_("This link has been used or has expired. Ask the operator for a new one."))
    record(events.SignInLinkUsed(user_id=link.user_id), actor=actor)
    return link.user


@transaction.atomic
def deactivate(user_id: int, reason: str, *, actor) -> None:
    """Close an account: its sessions and sockets end, its tokens stop. What the person wrote stays."""
    require(may_keep_the_house(actor))
    if not reason.strip():
        raise Invalid(_("Please give the reason."), field="reason")
    if not User.objects.filter(pk=user_id, is_active=True).update(is_active=False):
        raise Conflict(_("This account is not active."))
    for session in UserSession.objects.filter(user_id=user_id):
        session.end()
    record(events.AccountDeactivated(user_id=user_id, reason=reason), actor=actor)


@transaction.atomic
def reactivate(user_id: int, *, actor) -> None:
    """Open a closed account again."""
    require(may_keep_the_house(actor))
    if not User.objects.filter(pk=user_id, is_active=False).update(is_active=True):
        raise Conflict(_("This account is active already."))
    record(events.AccountReactivated(user_id=user_id), actor=actor)


@transaction.atomic
def describe(user_id: int, *, label: str | None = None, language: str | None = None, actor) -> User:
    """A person changes how they are named, or the language they are written to in. Only an office may stand in for a name."""
    user = _person(user_id)
    if actor is None or actor.pk != user.pk:
        require(may_keep_the_house(actor))
    if language is not None and language not in CODES:
        raise Invalid(_("We do not know this language."), field="language")
    if label is not None and (not (label.strip() or user.staff_role) or len(label) > 120 or "\x00" in label):
        raise Invalid(_("Please give a name of at most 120 characters."), field="label")
    given = {"label": label.strip() if label is not None else None, "language": language}
    changed = {name: value for name, value in given.items() if value is not None and value != getattr(user, name)}
    if not changed:
        return user
    User.objects.filter(pk=user.pk).update(**changed)
    record(events.AccountDescribed(user_id=user.pk, fields=sorted(changed)), actor=actor)
    return _person(user_id)


@transaction.atomic
def note_change(user_id: int, field: str, *, actor) -> None:
    """Note in the ledger that sign-in has changed something of an account: its `email`, `password` or `second_factor`."""
    record(events.AccountDescribed(user_id=user_id, fields=[field]), actor=actor)


def _person(user_id: int) -> User:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise Unknown(_("There is no active account with this address."))
    return user
