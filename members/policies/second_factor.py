"""The second factor: what the secretariat and signatories do needs more than a password or a letter."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from alliance.policy import YES, Verdict

RECORDS = "account_authentication_methods"  # where allauth notes how a session was opened


def second_factor_in(session: Mapping) -> Verdict:
    """A second factor was used, or set up, in this session."""
    if session.get("second_factor_set_up") or any(record.get("method") == "mfa" for record in session.get(RECORDS, [])):
        return YES
    return Verdict(_("This needs a second factor: an authenticator app, a passkey or a recovery code."))
