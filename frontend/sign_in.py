"""Coming in: by the operator's link, by an invitation; and the person's own account page."""

from allauth.account.internal.flows.login import record_authentication
from allauth.core.ratelimit import consume_or_429
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.errors import Unknown
from alliance.languages.tongues import TONGUES
from members.actions import accounts, officials
from members.queries.accounts import invitations_for, live_tokens_of, mandates_of

from .acting import refusals, status_of
from .forms.accounts import ascii_digits

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


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code of the e-mail"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        ),
    )


@require_http_methods(["GET", "POST"])
def invitation(request):
    """Accept a mandate with the code of the letter. The code proves the address, so it also signs in."""
    if request.method == "POST" and (stopped := consume_or_429(request, action="invitation")):
        return stopped
    form = CodeForm(request.POST or None)
    actor = request.user if request.user.is_authenticated else None
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            official = officials.accept(ascii_digits(form.cleaned_data["code"]), actor=actor)
            if actor is None:
                _let_in(request, official.user, "invitation")
            with translation.override(request.user.language):
                messages.success(request, _begun(official, request.user))
            return redirect(f"/{request.user.language}/desk/")
    return render(request, "account/invitation.html", {"form": form}, status=status_of(form))


def _begun(official, reader) -> str:
    if official.user_id == reader.pk:
        return _("Your mandate has begun, and you are signed in. Welcome.")
    return _("The mandate of %(invited)s has begun. You are still signed in as %(reader)s.") % {
        "invited": official.email,
        "reader": reader.email,
    }


class PersonForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("Name that others see"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Language in which we write to you"), choices=TONGUES)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, initial={"label": person.label, "language": person.language}, **kwargs)
        if person.staff_role:
            self.fields["label"].required = False
            self.fields["label"].help_text = _("Left empty, your office is shown, to each reader in their language.")


@login_required
@require_http_methods(["GET", "POST"])
def overview(request):
    """My account: name, language, mandates, and the ways to password, second factor and sessions."""
    form = PersonForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            accounts.describe(request.user.pk, **form.cleaned_data, actor=request.user)
            request.session["language"] = form.cleaned_data["language"]
            with translation.override(form.cleaned_data["language"]):
                messages.success(request, _("Your account is changed."))
            return redirect("account_overview")
    context = {
        "form": form,
        "mandates": mandates_of(request.user.pk),
        "invitations": invitations_for(request.user.email),
        "tokens": live_tokens_of(request.user.pk),
        "sessions": UserSession.objects.filter(user=request.user).count(),
        "second_factor": is_mfa_enabled(request.user),
    }
    return render(request, "account/overview.html", context, status=status_of(form))


@login_required
@require_POST
def ending(request, pk: int):
    """End one of one's sessions."""
    session = UserSession.objects.filter(user=request.user, pk=pk).first()
    if session is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    here = session.is_current()
    session.end()
    if here:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("The session has ended."))
    return redirect("usersessions_list")


@login_required
@require_POST
def token_ending(request, pk: int):
    """One of one's tokens stops working."""
    accounts.end_token(pk, actor=request.user)
    messages.success(request, _("The token no longer works."))
    return redirect("account_overview")
