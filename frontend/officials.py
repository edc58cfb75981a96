"""The officials of a city: invited, and their mandates ended. And what the city says of itself."""

from datetime import UTC, datetime, time

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from alliance.errors import Unknown
from alliance.languages.state import reader_language, text_of
from alliance.languages.tongues import CODES, TONGUES, spoken
from alliance.policy import require
from members.actions import cities as city_actions
from members.actions import officials as actions
from members.policies.cities import may_describe
from members.policies.officials import may_end, may_invite
from members.policies.standing import standing_of
from members.queries import cities, networks, places
from members.queries.officials import officials_visible_to

from .acting import refusals, status_of
from .templatetags.words import language_name


class InvitationForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=gettext_lazy("Mandate"),
        choices=[
            ("coordinator", gettext_lazy("coordinator: everything, and invites others")),
            ("signatory", gettext_lazy("signatory: signs the charter for the city")),
            ("contributor", gettext_lazy("contributor: writes, shares and talks")),
            ("observer", gettext_lazy("observer: reads")),
        ],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the e-mail"), choices=TONGUES)
    until = forms.DateField(
        label=gettext_lazy("Ends on"),
        required=False,
        help_text=gettext_lazy("Leave it empty for a mandate without a fixed end."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@login_required
@require_http_methods(["GET", "POST"])
def listing(request, slug: str):
    """Who acts for a city; a coordinator invites."""
    who = standing_of(request.user)
    city = _city(request, slug)
    found = list(officials_visible_to(who).filter(city=city).order_by("-id")[:300])
    if not found and not who.secretariat:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    form = InvitationForm(request.POST or None, initial={"language": reader_language(), "role": "contributor"})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            given = dict(form.cleaned_data)
            if given["until"]:
                given["until"] = datetime.combine(given["until"], time(23, 59, 59), tzinfo=UTC)
            actions.invite(city.pk, **given, actor=request.user)
            messages.success(request, _("The invitation is on its way."))
            return redirect("officials", slug=slug)
    context = {
        "city": cities.city_row(city, reader_language()),
        "officials": [(official, bool(may_end(who, official))) for official in found],
        "form": form,
        "may_invite": may_invite(who, city.pk),
        "now": datetime.now(UTC),
    }
    return render(request, "officials/list.html", context, status=status_of(form))


@login_required
@require_POST
def ending(request, pk: int):
    """End a mandate now."""
    official = officials_visible_to(request.user).select_related("city").filter(pk=pk).first()
    if official is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    actions.end(pk, actor=request.user)
    messages.success(request, _("The mandate has ended."))
    return redirect("officials", slug=official.city.slug) if official.user_id != request.user.pk else redirect("desk")


class CityForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the city in this language"), max_length=120)
    about = forms.CharField(
        label=gettext_lazy("What the city says of itself"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )


class FactsForm(forms.Form):
    """The languages of the interface are ticked; any other that the world speaks is added one at a time."""

    website = forms.CharField(
        label=gettext_lazy("Site of the city"),
        required=False,
        max_length=city_actions.WEBSITE_MOST,
        widget=forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://"}),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Working languages"), required=False, widget=forms.CheckboxSelectMultiple
    )
    another = forms.ChoiceField(label=gettext_lazy("Another working language"), required=False)
    networks = forms.MultipleChoiceField(
        label=gettext_lazy("Other networks"),
        help_text=gettext_lazy("The networks of cities that the city belongs to as well."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "one-a-line"}),
    )

    def __init__(self, *args, city: dict, **kwargs):
        start = {name: city[name] for name in ("website", "languages", "networks")}
        super().__init__(*args, initial=start, **kwargs)
        near = [*CODES, *(code for code in city["languages"] if code not in CODES)]
        far = sorted(((code, language_name(code)) for code in spoken() - set(near)), key=lambda pair: places.folded(pair[1]))
        self.fields["languages"].choices = [(code, language_name(code)) for code in near]
        self.fields["another"].choices = [("", _("none")), *far]
        # Isolated, for Latin names in an Arabic list.
        self.fields["networks"].choices = [(pk, f"\u2068{name}\u2069") for pk, name in networks.names().items()]

    def facts(self) -> dict:
        """As the action takes them: the languages that stood first stay first."""
        given = dict(self.cleaned_data)
        chosen = [*given["languages"], *filter(None, [given.pop("another")])]
        order = [*self.initial["languages"], *chosen]
        return {**given, "languages": sorted(chosen, key=order.index)}


@login_required
@require_http_methods(["GET", "POST"])
def facts(request, slug: str):
    """Change what holds in every language: the city's site, its working languages, its other networks."""
    city = _city(request, slug)
    require(may_describe(request.user, city.pk))
    row = cities.city_row(city, reader_language())
    form = FactsForm(request.POST or None, city=row)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            city_actions.set_facts(city.pk, **form.facts(), actor=request.user)
            messages.success(request, _("The city’s page is changed."))
            return redirect("city", slug=slug)
    return render(request, "officials/facts.html", {"city": row, "form": form}, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def describing(request, slug: str):
    """Change what the city's page says, in one language: `?lang=`."""
    city = _city(request, slug)
    require(may_describe(request.user, city.pk))
    lang = request.GET.get("lang") or city.source_language
    if lang not in dict(TONGUES):
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    start = {"name": text_of(city, "name", lang), "about": text_of(city, "about", lang)}
    form = CityForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            city_actions.describe(city.pk, lang, form.cleaned_data, actor=request.user)
            messages.success(request, _("The city’s page is changed."))
            return redirect("city", slug=slug)
    context = {"city": cities.city_row(city, reader_language()), "form": form, "lang": lang, "written": TONGUES}
    return render(request, "officials/describe.html", context, status=status_of(form))


def _city(request, slug: str):
    city = cities.cities_visible_to(request.user).filter(slug=slug).first()
    if city is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    return city
