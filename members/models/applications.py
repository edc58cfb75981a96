from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.languages.tongues import TONGUES

from .cities import City


class Application(models.Model):
    """A city asks to join. The contact proves the address with a code; the secretariat decides, with a reason."""

    class State(models.TextChoices):
        AWAITING_CONTACT = "awaiting_contact", _("waiting for the contact to confirm")
        AWAITING_DECISION = "awaiting_decision", _("waiting for the secretariat")
        RETURNED = "returned", _("returned to the city")
        ADMITTED = "admitted", _("admitted")
        REFUSED = "refused", _("refused")

    place = models.PositiveIntegerField()
    contact_name = models.CharField(max_length=120)
    contact_email = models.EmailField()
    role = models.CharField(max_length=120)
    motivation = models.TextField(max_length=4000)
    language = models.CharField(max_length=8, choices=TONGUES)
    state = models.CharField(max_length=24, choices=State.choices, default=State.AWAITING_CONTACT, db_index=True)
    reason = models.TextField(blank=True, max_length=4000)
    applied_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    city = models.ForeignKey(City, models.PROTECT, null=True, related_name="applications")
    code_salt = models.CharField(max_length=32, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    code_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place"],
                condition=models.Q(state__in=["awaiting_decision", "returned", "admitted"]),
                name="one_open_application_per_place",
            )
        ]

    def __str__(self):
        return f"{self.place} {self.state}"
