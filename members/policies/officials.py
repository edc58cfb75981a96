from django.utils.translation import gettext_lazy as _

from alliance.policy import YES, Verdict

from ..models import Official
from .standing import may_act_for, standing_of

COORDINATORS = frozenset({Official.Role.COORDINATOR})


def may_invite(actor, city_id: int) -> Verdict:
    """A city's coordinators invite; so does the secretariat, for a city that lost its last one."""
    if standing_of(actor).secretariat:
        return YES
    return may_act_for(actor, city_id, roles=COORDINATORS)


def may_end(actor, official: Official) -> Verdict:
    """A mandate is ended by the person, by a coordinator of the city, or by the secretariat."""
    standing = standing_of(actor)
    if standing.secretariat or (standing.known and official.user_id == standing.user_id):
        return YES
    if may_act_for(actor, official.city_id, roles=COORDINATORS):
        return YES
    return Verdict(_("Only the person, a coordinator of the city or the secretariat may end this mandate."))
