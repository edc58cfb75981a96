from members.models import Official
from members.policies.standing import may_act_for

SIGNATORIES = frozenset({Official.Role.SIGNATORY})


def may_sign(actor, city_id: int):
    """Sign, and withdraw the signature: an official with the signing mandate."""
    return may_act_for(actor, city_id, roles=SIGNATORIES)
