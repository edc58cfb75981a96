"""The second factor: what the secretariat and signatories do needs more than a password or a letter."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from alliance.policy import YES, Verdict

# Where allauth notes how a session was opened and by whom, and what was proved in it since.
RECORDS = "account_authentication_methods"
RECORDED = "account_authentication_methods_user"


def second_factor_in(session: Mapping, user) -> Verdict:
    """This person used a second factor in this session, or set up their first one in it."""
    if session.get(RECORDED) == str(user.pk) and any(record.get("method") == "mfa" for record in session.get(RECORDS) or []):
        return YES
    return Verdict(_("This needs a second factor: an authenticator app, a passkey or a recovery code."))
