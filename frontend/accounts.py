"""How sign-in behaves here: allauth's adapters."""

import base64
import hashlib
import io
import logging
import smtplib

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage

from alliance.errors import Unavailable
from alliance.languages.tongues import CODES
from members.queries.accounts import person_by_email

from .account_letters import CHANGES, letter

log = logging.getLogger("alliance.accounts")
INCORRECT = gettext_lazy("This is not the right code. Please check it and try again.")
TOO_MANY = gettext_lazy("There were too many attempts. Please wait a few minutes, then try again.")
RETRY_WAYS = {
    "reauthenticate": gettext_lazy("Use your password"),
    "mfa_reauthenticate": gettext_lazy("Use the authenticator app or a recovery code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations and admissions only: nobody signs up by themselves."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account is closed."),
        "duplicate_email": gettext_lazy("This is the address of your account already."),
        "email_password_mismatch": gettext_lazy("The address and the password do not belong together. Please check both."),
        "email_taken": gettext_lazy("This address belongs to another account."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_code": INCORRECT,
        "incorrect_password": gettext_lazy("This is not your password."),
        "invalid_login": gettext_lazy("The address and the password do not belong together. Please check both."),
        "invalid_or_expired_key": gettext_lazy("This code is no longer valid."),
        "max_email_addresses": gettext_lazy("An account has no more than %d e-mail addresses."),
        "rate_limited": TOO_MANY,
        "same_as_current": gettext_lazy("This is the address of your account already."),
        "too_many_login_attempts": TOO_MANY,
        "unverified_primary_email": gettext_lazy("Please confirm your address first."),
    }

    def is_open_for_signup(self, request):
        return False

    def get_login_redirect_url(self, request):
        return f"/{request.user.language}/desk/"

    def get_password_change_redirect_url(self, request):
        return "/accounts/"

    def get_email_verification_redirect_url(self, email_address):
        return "/accounts/"

    def get_reauthentication_methods(self, user):
        return [{**way, "description": RETRY_WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """A letter in the language of the person it goes to; for an address that we do not know, in the page's language."""
        person = context.get("user") or person_by_email(email)
        language = person.language if person and person.language in CODES else translation.get_language()
        template, words = letter(template_prefix)
        with translation.override(language):
            body = render_to_string(template, {**context, **words, "base_url": settings.BASE_URL})
            subject = f"[{settings.NETWORK_NAME}] {words['subject']}"
        headers = {"Content-Language": language, "Auto-Submitted": "auto-generated"}
        try:
            EmailMessage(subject, body.strip() + "\n", to=[email], headers=headers).send()
        except (OSError, smtplib.SMTPException):
            log.exception("A letter of sign-in could not be sent")
            if template_prefix.rsplit("/", 1)[-1] not in CHANGES:  # news may be missed; a code is what the person waits for
                raise Unavailable(_("E-mails cannot be sent at present. Please try again in a while."), part="mail") from None


class MfaAdapter(DefaultMFAAdapter):
    """Second-factor seeds are kept encrypted: allauth alone would store them in clear."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": INCORRECT,
        "cannot_delete_authenticator": gettext_lazy("This second factor cannot be taken off."),
        "cannot_generate_recovery_codes": gettext_lazy("Recovery codes belong to a second factor. Please set one up first."),
        "unverified_email": gettext_lazy("Please confirm your address first."),
    }

    @staticmethod
    def _box() -> Fernet:
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"mfa" + settings.SECRET_KEY.encode()).digest()))

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._box().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """The QR code on white paper of its own, so that a dark page does not swallow it."""
        paper = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(paper)
        return paper.getvalue().decode()

    def generate_authenticator_name(self, user, type) -> str:
        return _("My passkey")
