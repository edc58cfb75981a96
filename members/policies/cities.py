from alliance.policy import YES, Verdict

from .standing import may_act_for, may_keep_the_house, standing_of


def may_describe(actor, city_id: int) -> Verdict:
    """A city's page is written by the city; the secretariat may correct it."""
    return YES if standing_of(actor).secretariat else may_act_for(actor, city_id)


def may_change_state(actor) -> Verdict:
    return may_keep_the_house(actor)
