"""Who may do what to a practice, and from which state."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.policy import YES, Verdict
from members.policies.standing import may_act_for, may_keep_the_house, standing_of

from ..models import Practice

State = Practice.State
# verb: (states it starts from, the state it leads to)
STEPS: dict[str, tuple[tuple, Any]] = {
    "submit": ((State.DRAFT, State.RETURNED), State.SUBMITTED),
    "publish": ((State.SUBMITTED,), State.PUBLISHED),
    "return": ((State.SUBMITTED,), State.RETURNED),
    "withdraw": ((State.PUBLISHED, State.RETURNED, State.DRAFT), State.WITHDRAWN),
}


def may_draft(actor, city_id: int) -> Verdict:
    """Describe a practice of a city."""
    return may_act_for(actor, city_id)


def may_edit(actor, practice: Practice) -> Verdict:
    """Change, submit and withdraw a practice: the city that it belongs to."""
    return may_act_for(actor, practice.city_id)


def may_review(actor) -> Verdict:
    """Publish what a city submitted, or return it with a reason."""
    return may_keep_the_house(actor)


def may_translate(actor, practice: Practice) -> Verdict:
    """Put a practice into another language: its city, and the secretariat."""
    return YES if standing_of(actor).secretariat else may_act_for(actor, practice.city_id)


def may_take_up(actor, city_id: int) -> Verdict:
    """Say for a city that it took up another city's practice."""
    return may_act_for(actor, city_id)


def rights_over(actor, practice: Practice) -> dict[str, Verdict]:
    """What the actor may do to this practice as it now stands, each verdict with its reason."""
    who = standing_of(actor)
    by_city, by_house = may_edit(who, practice), may_review(who)
    alive = YES if practice.state != State.WITHDRAWN else Verdict(_("This practice was withdrawn."))
    return {
        "edit": by_city and alive,
        "submit": by_city and _from_here(practice, "submit"),
        "publish": by_house and _from_here(practice, "publish"),
        "return": by_house and _from_here(practice, "return"),
        "withdraw": by_city and _from_here(practice, "withdraw"),
        "translate": may_translate(who, practice) and alive,
        "transfer": _may_take_up_here(who, practice),
        "attach": by_city and alive,
        "report": _may_report(who, practice),
    }


def _from_here(practice: Practice, verb: str) -> Verdict:
    return YES if practice.state in STEPS[verb][0] else Verdict(_("This step is not open in the practice’s present state."))


def _may_take_up_here(who, practice: Practice) -> Verdict:
    if practice.state != State.PUBLISHED:
        return Verdict(_("Only a published practice can be taken up."))
    verdict = Verdict(_("Only an official of another city can say that it took this up."))
    for city_id in who.city_ids:
        if city_id != practice.city_id and (verdict := may_take_up(who, city_id)):
            return YES
    return verdict


def _may_report(who, practice: Practice) -> Verdict:
    if not who.member:
        return Verdict(_("Only officials of member cities may do this."))
    if practice.written_by_id == who.user_id:
        return Verdict(_("You wrote this yourself: you can change or withdraw it."))
    return YES
