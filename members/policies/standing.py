"""What a person is to the network at this moment. Every permission and every visibility starts here."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.policy import YES, Verdict

from ..models import City, Official, User

SEATED = (City.State.ADMITTED, City.State.ON_HOLD)
WRITERS = frozenset({Official.Role.COORDINATOR, Official.Role.SIGNATORY, Official.Role.CONTRIBUTOR})


@dataclass(frozen=True)
class Standing:
    """A person's active mandates and office, read once. An anonymous visitor has an empty one."""

    user_id: int | None = None
    staff_role: str = ""
    roles: dict[int, frozenset[str]] = field(default_factory=dict)  # city id → roles, by active mandates
    on_hold: frozenset[int] = frozenset()  # cities of `roles` that are on hold

    def __hash__(self):
        return hash((self.user_id, self.staff_role, frozenset(self.roles.items()), self.on_hold))

    @property
    def known(self) -> bool:
        return self.user_id is not None

    @property
    def secretariat(self) -> bool:
        return self.staff_role == User.Staff.SECRETARIAT

    @property
    def moderator(self) -> bool:
        return self.staff_role == User.Staff.MODERATOR

    @property
    def member(self) -> bool:
        """May see what all member cities see."""
        return bool(self.roles) or bool(self.staff_role)

    @property
    def city_ids(self) -> list[int]:
        return list(self.roles)

    @property
    def signatory(self) -> bool:
        return any(Official.Role.SIGNATORY in roles for roles in self.roles.values())

    @property
    def tokens(self) -> frozenset[str]:
        """The audience tokens of this person, without rooms (those belong to exchanges)."""
        tokens = {"public"}
        if self.member:
            tokens.add("members")
        if self.staff_role:
            tokens.add(f"staff:{self.staff_role}")
        return frozenset(tokens | {f"city:{pk}" for pk in self.roles})


VISITOR = Standing()


def active_mandates() -> QuerySet[Official]:
    """Mandates that have been accepted, have not ended, and are for a city that has its seat."""
    now = clock.now()
    return Official.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, user__is_active=True, city__state__in=SEATED
    )


def standing_of(actor) -> Standing:
    """The actor's standing. Costs one query, none for a visitor or for a Standing that was read already.

    Pages read it once and hand it on to `may_*` and `*_visible_to`; actions hand on the person, so that what they
    decide on is read in their own transaction.
    """
    if isinstance(actor, Standing):
        return actor
    if actor is None or not actor.is_authenticated or not actor.is_active:
        return VISITOR
    roles: dict[int, set[str]] = {}
    on_hold = set()
    for city_id, role, state in active_mandates().filter(user=actor).values_list("city_id", "role", "city__state"):
        roles.setdefault(city_id, set()).add(role)
        if state == City.State.ON_HOLD:
            on_hold.add(city_id)
    return Standing(
        user_id=actor.pk,
        staff_role=actor.staff_role,
        roles={pk: frozenset(held) for pk, held in roles.items()},
        on_hold=frozenset(on_hold),
    )


def may_act_for(actor, city_id: int, *, roles: frozenset[str] = WRITERS) -> Verdict:
    """Somebody holds one of `roles` for this city, and the city is not on hold."""
    held = standing_of(actor).roles.get(city_id)
    if not held:
        return Verdict(_("Only an official of this city may do this."))
    if not held & roles:
        return Verdict(_("Your mandate for this city does not include this."))
    if city_id in standing_of(actor).on_hold:
        return Verdict(_("This city is on hold: it can read, but not write, until the secretariat takes it up again."))
    return YES


def may_keep_the_house(actor) -> Verdict:
    """What only the secretariat does."""
    return YES if standing_of(actor).secretariat else Verdict(_("Only the secretariat may do this."))


def may_moderate(actor) -> Verdict:
    """What only moderators and the secretariat do."""
    standing = standing_of(actor)
    return YES if standing.moderator or standing.secretariat else Verdict(_("Only a moderator may do this."))


def is_member(actor) -> Verdict:
    """Somebody has an active mandate or an office."""
    return YES if standing_of(actor).member else Verdict(_("Only officials of member cities may do this."))
