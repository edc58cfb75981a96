"""Who may report what stands here, and who decides."""

from django.utils.translation import gettext_lazy as _

from alliance.policy import YES, Verdict
from members.policies.standing import is_member, may_moderate, standing_of


def may_report(actor, author_id: int) -> Verdict:
    """Any member may report what somebody else wrote."""
    if not (member := is_member(actor)):
        return member
    if author_id == standing_of(actor).user_id:
        return Verdict(_("You wrote this yourself: you can change or remove it."))
    return YES


def may_decide(actor, author_id: int | None) -> Verdict:
    """Moderators decide, but nobody on a report about their own writing."""
    if not (moderates := may_moderate(actor)):
        return moderates
    if author_id == standing_of(actor).user_id:
        return Verdict(_("You wrote what was reported here: somebody else has to decide."))
    return YES
