"""How sign-in behaves here: allauth's adapters."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations and admissions only: nobody signs up by themselves."""

    def is_open_for_signup(self, request):
        return False


class MfaAdapter(DefaultMFAAdapter):
    """Second-factor seeds are kept encrypted: allauth alone would store them in clear."""

    @staticmethod
    def _box() -> Fernet:
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"mfa" + settings.SECRET_KEY.encode()).digest()))

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._box().decrypt(encrypted_text.encode()).decode()
