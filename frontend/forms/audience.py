"""Choosing who may see a thing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.languages.state import reader_language
from members.queries import cities

KINDS = {
    "public": _("Everybody, also without signing in"),
    "members": _("The officials of all member cities"),
    "cities": _("The officials of the cities named below"),
    "own": _("The officials of my city only"),
    "room": _("Only the people I bring in by name"),
}


class AudienceForm(forms.Form):
    """Mixed into a form: `audience` and, for named cities, `audience_cities`. `audience_given()` has the API's shape."""

    kinds = ("public", "members", "cities", "own")
    audience = forms.ChoiceField(label=_("Who may see this"), widget=forms.RadioSelect)
    audience_cities = forms.MultipleChoiceField(
        label=_("Cities"), required=False, help_text=_("Only when you chose named cities."), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [(kind, KINDS[kind]) for kind in self.kinds]
        named = cities.briefs(cities.members().values_list("pk", flat=True), reader_language()).values()
        self.fields["audience_cities"].choices = sorted(((row["slug"], row["name"]) for row in named), key=lambda row: row[1])

    def audience_given(self) -> dict:
        """The audience as actions read it."""
        return {"kind": self.cleaned_data["audience"], "cities": self.cleaned_data["audience_cities"]}
