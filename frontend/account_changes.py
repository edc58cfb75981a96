"""What follows when sign-in has changed something: the reader's language, the session's second factor, the ledger's line."""

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in

from members.actions import accounts

from .second_factor import note_set_up


def connect() -> None:
    """Listen to Django and allauth; called once, when the site starts."""
    user_logged_in.connect(in_their_language, dispatch_uid="in_their_language")
    mfa.authenticator_added.connect(note_set_up, dispatch_uid="note_set_up")
    for field, signals in {
        "password": (account.password_set, account.password_changed, account.password_reset),
        "email": (account.email_changed,),
        "second_factor": (mfa.authenticator_added, mfa.authenticator_removed, mfa.authenticator_reset),
    }.items():
        for signal in signals:
            signal.connect(_noting(field), weak=False, dispatch_uid=f"note_{field}")


def in_their_language(request, user, **_more) -> None:
    """Account pages have no language in their address: from now on they speak the person's."""
    if request is not None:
        request.session["language"] = user.language


def _noting(field: str):
    def note(user, **_more):
        accounts.note_change(user.pk, field, actor=user)

    return note
