"""Who somebody is."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from alliance import clock

from ..codes import digest_of
from ..models import Notice, Official, Token, User
from ..policies.standing import active_mandates


def person_of_token(raw: str) -> User | None:
    """The person for whom a bearer token acts; None for one that is unknown, revoked, expired or of a closed account."""
    now = clock.now()
    token = (
        Token.objects.select_related("user")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), digest=digest_of(raw), revoked_at=None, user__is_active=True)
        .first()
    )
    if token is None:
        return None
    return token.user


def live_tokens_of(user_id: int) -> QuerySet[Token]:
    """The tokens with which programs act for a person now, newest first."""
    return Token.objects.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()), user=user_id, revoked_at=None).order_by("-id")


def is_live(user_ids) -> set[int]:
    """Of these persons, those whose account is open."""
    return set(User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", flat=True))


def mandates_of(user_id: int) -> QuerySet[Official]:
    """A person's active mandates, with their cities."""
    return active_mandates().filter(user=user_id).select_related("city").order_by("city__slug", "role")


def mandates_due(user_id: int, within: timedelta = timedelta(days=30)) -> QuerySet[Official]:
    """The person's mandates that end soon."""
    return mandates_of(user_id).filter(ends_at__lt=clock.now() + within)


def invitations_for(email: str) -> QuerySet[Official]:
    """Invitations waiting for this address."""
    return Official.objects.filter(email=email.lower(), starts_at=None, ends_at=None).select_related("city")


def notices_of(user_id: int) -> QuerySet[Notice]:
    """A person's notices, newest first."""
    return Notice.objects.filter(person=user_id).order_by("-id")


def staff(role: str) -> QuerySet[User]:
    """The people of an office of the network."""
    return User.objects.filter(staff_role=role, is_active=True)


def person_by_email(email: str) -> User | None:
    """The open account of this address."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()


def people_of_sessions(keys: Iterable[str], store) -> dict[str, int]:
    """session key → the person signed in by it; keys of sessions that ended are missing."""
    rows = store.get_model_class().objects.filter(session_key__in=list(keys), expire_date__gt=timezone.now())
    people = {}
    for row in rows:
        person = store().decode(row.session_data).get("_auth_user_id")
        if person is not None:
            people[row.session_key] = int(person)
    return people
