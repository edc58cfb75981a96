"""Tickets: how a program opens a socket without a cookie."""

import secrets
from datetime import timedelta

from django.db import transaction

from alliance import clock

from ..codes import digest_of
from ..models import Ticket, User

LIFE = timedelta(seconds=30)


@transaction.atomic
def issue(*, session_key: str = "", actor) -> str:
    """A ticket that opens one socket for `actor` within 30 s. Only the digest is kept; it is no event: it says nothing new."""
    raw = secrets.token_urlsafe(24)
    Ticket.objects.create(user=actor, digest=digest_of(raw), session_key=session_key or "", expires_at=clock.now() + LIFE)
    return raw


@transaction.atomic
def redeem(raw: str, *, actor=None) -> tuple[User, str] | None:
    """The person of a ticket and their session's key, once; None for a ticket that is unknown, used or too old."""
    now = clock.now()
    ticket = Ticket.objects.select_related("user").filter(digest=digest_of(raw)).first()
    if ticket is None or not ticket.user.is_active:
        return None
    # The row's own columns alone: PostgreSQL asks them again when it has waited for another's update, and a join it would not.
    if not Ticket.objects.filter(pk=ticket.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        return None
    return ticket.user, ticket.session_key
