"""Pages that only a second factor opens: without one, the person is led to it, and back."""

from functools import wraps
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from members.policies.second_factor import second_factor_in


def second_factor_required(view):
    """Let a signed-in person in only with a second factor in this session; else to its use, or to setting one up."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if second_factor_in(request.session):
            return view(request, *args, **kwargs)
        if is_mfa_enabled(request.user):
            way = "mfa_reauthenticate"
            messages.info(request, _("Please confirm with your second factor. Then you are brought back."))
        else:
            way = "mfa_activate_totp"
            messages.info(
                request, _("This needs a second factor. Please set up an authenticator app; then you are brought back.")
            )
        request.session["after_second_factor"] = request.get_full_path()
        return redirect(f"{reverse(way)}?{urlencode({'next': request.get_full_path()})}")

    return guarded
