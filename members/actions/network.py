"""How a network begins."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.errors import Conflict, Invalid
from alliance.languages.tongues import CODES
from alliance.ledger.actions import record

from .. import events
from ..models import Network, User
from . import accounts


@transaction.atomic
def found(*, name: str, languages: list[str], demonstration: bool = False, actor) -> Network:
    """Found the network. Raises Conflict when there is one already, Invalid for a language that the interface does not have."""
    unknown = [code for code in languages if code not in CODES]
    if unknown or not languages:
        raise Invalid(_("We do not know this language."), field="languages")
    if not name.strip() or len(name) > 120:
        raise Invalid(_("Please give a name of at most 120 characters."), field="name")
    if Network.objects.exists():
        raise Conflict(_("There is a network here already."))
    network = Network.objects.create(
        pk=1, name=name.strip(), languages=languages, demonstration=demonstration, founded_at=clock.now()
    )
    record(events.NetworkFounded(demonstration=demonstration), actor=actor)
    return network


@transaction.atomic
def seat_staff(email: str, role: str, *, language: str, actor) -> User:
    """Give a person an office of the network: the first secretariat account, or a demonstration one. The office is their name."""
    person = accounts.open_account(email, label="", language=language, staff_role=role, actor=actor)
    if person.staff_role != role:
        User.objects.filter(pk=person.pk).update(staff_role=role)
        person.refresh_from_db()
    record(events.StaffSeated(user_id=person.pk, role=role), actor=actor)
    return person
