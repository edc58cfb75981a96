"""Who may share documents, and change them."""

from django.utils.translation import gettext_lazy as _

from alliance.policy import YES, Verdict
from members.policies.standing import may_act_for, standing_of

from ..models import Document


def may_share(actor, city_id: int) -> Verdict:
    """Share a document of a city."""
    return may_act_for(actor, city_id)


def may_edit(actor, document: Document) -> Verdict:
    """Rename it, change who sees it, add a file, take it back: the city that it belongs to."""
    return may_act_for(actor, document.city_id)


def may_translate(actor, document: Document) -> Verdict:
    """Put its title into another language: its city, and the secretariat."""
    return YES if standing_of(actor).secretariat else may_act_for(actor, document.city_id)


def rights_over(actor, document: Document) -> dict[str, Verdict]:
    """What the actor may do to this document, each verdict with its reason."""
    who = standing_of(actor)
    by_city = may_edit(who, document)
    return {
        "edit": by_city,
        "add_version": by_city,
        "remove": by_city,
        "translate": may_translate(who, document),
        "report": _may_report(who, document),
    }


def _may_report(who, document: Document) -> Verdict:
    if not who.member:
        return Verdict(_("Only officials of member cities may do this."))
    if document.shared_by_id == who.user_id:
        return Verdict(_("You shared this yourself: you can change or remove it."))
    return YES
