"""Coming in: by the operator's link, by an invitation; and the person's own account page."""

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.errors import Unknown
from alliance.languages.tongues import TONGUES
from members.actions import accounts, officials
from members.queries.accounts import mandates_of

from .acting import refusals, status_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_GET
def link(request, raw: str):
    """The operator's spare key: signs in once. What needs a second factor still needs it."""
    person = accounts.use_sign_in_link(raw[:100], actor=None)
    _let_in(request, person, "operator_link")
    return redirect(f"/{person.language}/desk/")


def _let_in(request, person, method: str) -> None:
    """Sign somebody in whose address or identity was just proved; allauth is told how, and when."""
    login(request, person, backend=BACKEND)
    record_authentication(request, person, method)
    request.session["language"] = person.language


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code of the letter"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        ),
    )


@require_http_methods(["GET", "POST"])
def invitation(request):
    """Accept a mandate with the code of the letter. The code proves the address, so it also signs in."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            official = officials.accept(form.cleaned_data["code"], actor=request.user if request.user.is_authenticated else None)
            if not request.user.is_authenticated:
                _let_in(request, official.user, "invitation")
            messages.success(request, _("Your mandate has begun. Welcome."))
            return redirect("desk")
    return render(request, "account/invitation.html", {"form": form}, status=status_of(form))


class PersonForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("Name that others see"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Language in which we write to you"), choices=TONGUES)


@login_required
@require_http_methods(["GET", "POST"])
def overview(request):
    """My account: name, language, mandates, and the ways to password, second factor and sessions."""
    form = PersonForm(request.POST or None, initial={"label": request.user.label, "language": request.user.language})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            accounts.describe(request.user.pk, **form.cleaned_data, actor=request.user)
            request.session["language"] = form.cleaned_data["language"]
            with translation.override(form.cleaned_data["language"]):
                messages.success(request, _("Your account is changed."))
            return redirect("account_overview")
    context = {"form": form, "mandates": mandates_of(request.user.pk)}
    return render(request, "account/overview.html", context, status=status_of(form))


@login_required
@require_POST
def ending(request, pk: int):
    """End one of one's sessions."""
    session = UserSession.objects.filter(user=request.user, pk=pk).first()
    if session is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    session.end()
    messages.success(request, _("The session has ended."))
    return redirect("usersessions_list")
