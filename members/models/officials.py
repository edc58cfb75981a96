from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.languages.tongues import TONGUES

from .cities import City


class Official(models.Model):
    """A person's mandate to act for a city, from one moment to another. It is never deleted: mandates end, history stays.

    Until the person has accepted with the code of the letter, `user` and `starts_at` are empty.
    """

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator")
        SIGNATORY = "signatory", _("signatory")
        CONTRIBUTOR = "contributor", _("contributor")
        OBSERVER = "observer", _("observer")

    city = models.ForeignKey(City, models.PROTECT, related_name="officials")
    email = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="mandates")
    role = models.CharField(max_length=16, choices=Role.choices)
    language = models.CharField(max_length=8, choices=TONGUES, default="en")
    invited_at = models.DateTimeField(default=clock.now)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    code_salt = models.CharField(max_length=32, blank=True)
    code_digest = models.CharField(max_length=64, blank=True, db_index=True)
    code_expires_at = models.DateTimeField(null=True)
    code_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["user", "ends_at"], name="official_mandates")]

    def __str__(self):
        return f"{self.role} {self.city_id}"
