from alliance.policy import Verdict

from .standing import may_keep_the_house


def may_decide(actor) -> Verdict:
    """Admit, refuse or return an application."""
    return may_keep_the_house(actor)
