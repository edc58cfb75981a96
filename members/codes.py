"""Codes that travel by letter.

They are derived from a salt and the house's key, so that a letter can be written again and no code is stored.
"""

import hashlib
import hmac
import secrets

from django.conf import settings

# Without 0 O 1 I L: they are read aloud and typed by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def fresh_salt() -> str:
    """A new salt: every code derived from the old one stops working."""
    return secrets.token_hex(16)


def code_for(purpose: str, salt: str, *, length: int) -> str:
    """The code of `purpose` ("application:7") under `salt`: `length` characters of ALPHABET, about 5 bits each."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"code:{purpose}:{salt}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(length):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def tidy(code: str) -> str:
    """A code as it was meant: people add spaces, dashes and small letters."""
    return "".join(mark for mark in code.upper() if mark in ALPHABET)


def same(given: str, expected: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(tidy(given).encode(), expected.encode())


def digest_of(secret: str) -> str:
    """How a secret is kept: hex sha256. Our secrets are random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
