"""The forms of sign-in in our own words: allauth decides, these say. Named in settings by ACCOUNT_FORMS and MFA_FORMS."""

import struct
import unicodedata
from typing import TYPE_CHECKING

from allauth.account import forms as account
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator as Factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

ADDRESS = _("E-mail address")
LABELS = {
    "login": ADDRESS,
    "email": ADDRESS,
    "password": _("Password"),
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
    "code": _("Code"),
    "name": _("Name of this passkey"),
    "passwordless": _("Sign in with this passkey alone, without a password"),
}
LIMITS = {"login": 254, "email": 254, "code": 64, "name": 100, "password": 1000, "password1": 1000, "oldpassword": 1000}
UNUSABLE = _("The passkey could not be used. Please try again, or choose another way.")
CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "dir": "ltr"}
ADDRESS_ATTRS = {"autocomplete": "username", "spellcheck": "false", "dir": "ltr", "maxlength": 254}
ATTRS = {"code": CODE, "login": ADDRESS_ATTRS, "email": ADDRESS_ATTRS, "name": {"dir": "auto"}}


# What the classes below stand before; allauth's own forms are the last in line.
_Form: type = forms.Form if TYPE_CHECKING else object


def ascii_digits(code: str) -> str:
    """A code typed with the digits of another script (٣٤٥), as the digits it was sent in."""
    return "".join(str(unicodedata.decimal(mark, mark)) for mark in code)


class Plain(_Form):
    """Our labels, no placeholders, limits, and what a phone's keyboard and a password manager need to know."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.update(ATTRS.get(name, {}))
            field.label = LABELS.get(name, field.label)
            if name in LIMITS:
                field.validators = [*field.validators, MaxLengthValidator(LIMITS[name])]
            if name == "password1":
                field.help_text = _("At least 12 characters. A few words that have nothing to do with each other are good.")
            elif "password" in name:
                field.help_text = ""
            if name == "code":
                field.to_python = lambda value, read=field.to_python: ascii_digits(read(value))


class Login(Plain, account.LoginForm): ...


class ChangeOfAddress(Plain, account.AddEmailForm): ...


class ChangeOfPassword(Plain, account.ChangePasswordForm): ...


class FirstPassword(Plain, account.SetPasswordForm): ...


class Reset(Plain, account.ResetPasswordForm): ...


class ResetPassword(Plain, account.ResetPasswordKeyForm): ...


class Reauthenticate(Plain, account.ReauthenticateForm): ...


class AskForCode(Plain, account.RequestLoginCodeForm): ...


class LoginCode(Plain, account.ConfirmLoginCodeForm): ...


class AddressCode(Plain, account.ConfirmEmailVerificationCodeForm): ...


class ResetCode(Plain, account.ConfirmPasswordResetCodeForm): ...


class Once(_Form):
    """An app's code opens once (RFC 6238, 5.2). allauth remembers it for one period; it is taken during several."""

    def clean_code(self):
        code = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Factor.Type.TOTP:  # type: ignore[attr-defined]
            lives = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            digits = "".join(filter(str.isdigit, code))
            if not cache.add(f"totp.used?user={self.user.pk}&code={digits}", True, timeout=lives):  # type: ignore[attr-defined]
                raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactor(Once, Plain, mfa.AuthenticateForm): ...


class SecondFactorAgain(Once, Plain, mfa.ReauthenticateForm): ...


class Authenticator(Plain, ActivateTOTPForm): ...


UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, struct.error)


class Given(_Form):
    """What a passkey answered. An answer of another shape is refused in a sentence: allauth alone would fail on some."""

    def clean_credential(self):
        try:
            read = getattr(super(), "clean_credential", lambda: self.cleaned_data["credential"])  # type: ignore[attr-defined]
            return read()
        except UNREADABLE:
            raise ValidationError(UNUSABLE) from None

    def clean(self):
        try:
            return super().clean()  # type: ignore[misc]
        except UNREADABLE:
            raise ValidationError(UNUSABLE) from None


class NewPasskey(Given, Plain, webauthn.AddWebAuthnForm): ...


class Passkey(Plain, webauthn.EditWebAuthnForm): ...


class SecondFactorPasskey(Given, webauthn.AuthenticateWebAuthnForm): ...


class SecondFactorPasskeyAgain(Given, webauthn.ReauthenticateWebAuthnForm): ...


class LoginPasskey(Given, webauthn.LoginWebAuthnForm): ...
