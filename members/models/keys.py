"""Keys are kept as digests: who reads the database cannot use them."""

from django.conf import settings
from django.db import models

from alliance import clock


class Key(models.Model):
    """Something secret that stands for a person until it expires."""

    digest = models.CharField(max_length=64, unique=True)  # hex sha256
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Token(Key):
    """A program's bearer token. `used_at` is the last use, to the minute."""

    revoked_at = models.DateTimeField(null=True)


class Ticket(Key):
    """Opens one socket, once, within 30 seconds. `session_key` is the session that asked for it, if one did."""

    session_key = models.CharField(max_length=40, blank=True)


class SignInLink(Key):
    """The operator's spare key: a way into the site, once, within ten minutes."""
