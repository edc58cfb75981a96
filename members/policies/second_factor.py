"""The second factor: what the secretariat and signatories do needs more than a password or a letter."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from alliance.policy import YES, Verdict

RECORDS = "account_authentication_methods"  # where allauth notes how a session was opened, and by whom
RECORDED = "account_authentication_methods_user"
SET_UP = "second_factor_set_up"  # the person who set up their first factor in this session


def second_factor_in(session: Mapping, user) -> Verdict:
    """This person used a second factor in this session, or set up their first one in it."""
    used = session.get(RECORDED) == str(user.pk) and any(record.get("method") == "mfa" for record in session.get(RECORDS) or [])
    if used or session.get(SET_UP) == user.pk:
        return YES
    return Verdict(_("This needs a second factor: an authenticator app, a passkey or a recovery code."))
