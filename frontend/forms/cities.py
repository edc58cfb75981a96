"""Choosing for which of one's cities one acts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.languages.state import reader_language
from alliance.policy import Verdict
from members.policies.standing import WRITERS, Standing, may_act_for
from members.queries import cities


class ActingForm(forms.Form):
    """Mixed into a form: `city`, among those one writes for. With a single one there is nothing to choose."""

    city = forms.TypedChoiceField(label=_("For the city"), coerce=int)

    def __init__(self, *args, who: Standing, roles=WRITERS, **kwargs):
        super().__init__(*args, **kwargs)
        own = [pk for pk, held in who.roles.items() if held & roles and pk not in who.on_hold]
        named = cities.briefs(own, reader_language())
        self.refusal = None if own else _refusal(who)
        self.fields["city"].choices = sorted(((pk, row["name"]) for pk, row in named.items()), key=lambda row: row[1])
        if len(own) == 1:
            self.initial["city"] = own[0]
            self.fields["city"].widget = forms.HiddenInput()

    def clean(self):
        given = super().clean()
        if self.refusal is not None:
            # Whose mandate has ended while they wrote is told why, and keeps what they wrote.
            self.errors.pop("city", None)
            self.add_error(None, str(self.refusal.reason))
            self.refused_with = 403
        return given


def _refusal(who: Standing) -> Verdict:
    """Why somebody writes for no city at all."""
    no_mandate = Verdict(_("Only officials of member cities may do this."))
    return next((may_act_for(who, pk) for pk in who.city_ids), no_mandate)
