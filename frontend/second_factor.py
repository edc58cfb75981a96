"""Pages that only a second factor opens: without one, the person is led to it, and back."""

from functools import wraps
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from members.policies.second_factor import second_factor_in

BACK = "after_second_factor"  # where somebody was when a second factor was asked


def second_factor_required(view):
    """Let a signed-in person in only with a second factor in this session; else to its use, or to setting one up."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if second_factor_in(request.session, request.user):
            request.session.pop(BACK, None)
            return view(request, *args, **kwargs)
        here = request.get_full_path()
        ways = [way for way in get_adapter().get_reauthentication_methods(request.user) if way["id"].startswith("mfa_")]
        if ways:
            messages.info(request, _("Please confirm with your second factor. Then you are brought back."))
            return suspend_request(request, ways[0]["url"])
        messages.info(request, _("This needs a second factor. Please set up an authenticator app; then you are brought back."))
        request.session[BACK] = here
        return redirect(f"{reverse('mfa_activate_totp')}?{urlencode({'next': here})}")

    return guarded


def note_set_up(request, user, authenticator, **_more) -> None:
    """allauth added an authenticator. The first one was just used, in this session; a further one proves nothing."""
    kept = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES and not kept.exclude(pk=authenticator.pk).exists():
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)


class Back:  # mixed into allauth’s views
    """After setting up, back to where the second factor was asked; else to the recovery codes."""

    def get_success_url(self) -> str:
        back = self.request.session.pop(BACK, None)  # type: ignore[attr-defined]
        if back is None:
            return super().get_success_url()  # type: ignore[misc]
        kept = _("Your recovery codes are in your account, under second factor. Please keep them safe.")
        messages.info(self.request, kept)  # type: ignore[attr-defined]
        return back


class Activation(Back, ActivateTOTPView):
    """Set up an authenticator app."""


class Addition(Back, AddWebAuthnView):
    """Add a passkey."""
