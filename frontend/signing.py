"""Signing the charter: the exact text, on the council's deliberation; and taking the signature back."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from alliance.accord.actions import signing as actions
from alliance.accord.policies.signing import may_sign
from alliance.accord.queries import editions, register, signatures
from alliance.errors import Unknown
from alliance.languages.state import reader_language
from alliance.policy import require
from members.queries import cities

from .acting import refusals, status_of
from .second_factor import second_factor_required

VOTES = ("votes_for", "votes_against", "abstentions")


class SignatureForm(forms.Form):
    edition_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    date = forms.DateField(
        label=gettext_lazy("Date of the council’s deliberation"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reference = forms.CharField(label=gettext_lazy("Reference of the deliberation"), max_length=120)
    votes_for = forms.IntegerField(label=gettext_lazy("Votes for"), min_value=0, max_value=100_000)
    votes_against = forms.IntegerField(label=gettext_lazy("Votes against"), min_value=0, max_value=100_000)
    abstentions = forms.IntegerField(label=gettext_lazy("Abstentions"), min_value=0, max_value=100_000)
    record_url = forms.URLField(
        label=gettext_lazy("Where the council published it"), required=False, max_length=200, assume_scheme="https"
    )
    reservation = forms.CharField(
        label=gettext_lazy("Reservation"),
        help_text=gettext_lazy("Leave it empty to sign without one. A reservation is public."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    read = forms.BooleanField(label=gettext_lazy("I have read the text, and I sign it in the name of my city."))


@login_required
@require_http_methods(["GET", "POST"])
@second_factor_required
def signing(request, slug: str):
    """Sign the edition in force for a city."""
    city = _city(request, slug)
    require(may_sign(request.user, city.pk))
    edition = editions.current()
    if edition is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    form = SignatureForm(request.POST or None, initial={"edition_sha256": edition.sha256})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            given = form.cleaned_data
            act = {name: given[name] for name in ("date", "reference", "record_url", *VOTES)}
            actions.sign(city.pk, given["edition_sha256"], act, reservation=given["reservation"], actor=request.user)
            messages.success(request, _("Your city has signed. The register holds its line."))
            return redirect("city", slug=slug)
    context = {
        "city": cities.city_row(city, reader_language()),
        "edition": editions.edition_in(edition, reader_language()),
        "signed": signatures.in_force(city.pk),
        "form": form,
    }
    return render(request, "signing/sign.html", context, status=status_of(form))


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason, as the public will read it"),
        help_text=gettext_lazy("Name the council’s deliberation that decided it."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    sure = forms.BooleanField(label=gettext_lazy("The council has decided that the city leaves, and I enter it."))


@login_required
@require_http_methods(["GET", "POST"])
@second_factor_required
def withdrawing(request, slug: str):
    """Take the signature back: the city leaves, its mandates end, the register keeps both lines."""
    city = _city(request, slug)
    require(may_sign(request.user, city.pk))
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.withdraw(city.pk, form.cleaned_data["reason"], actor=request.user)
            messages.success(request, _("The withdrawal is entered in the register."))
            return redirect("city", slug=slug)
    lines = [register.line(entry) for entry in register.lines_of(slug)]
    context = {"city": cities.city_row(city, reader_language()), "lines": lines, "form": form}
    return render(request, "signing/withdraw.html", context, status=status_of(form))


def _city(request, slug: str):
    city = cities.cities_visible_to(request.user).filter(slug=slug).first()
    if city is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    return city
