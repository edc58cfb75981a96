from django.conf import settings
from django.db import models

from members.models import City

from .editions import Edition


class Deliberation(models.Model):
    """The act of a city council that mandates the signature: the legal root."""

    city = models.ForeignKey(City, models.PROTECT, related_name="deliberations")
    date = models.DateField()
    reference = models.CharField(max_length=120)
    votes_for = models.PositiveIntegerField()
    votes_against = models.PositiveIntegerField()
    abstentions = models.PositiveIntegerField()
    record_url = models.URLField(blank=True)  # where the council published it

    def __str__(self):
        return self.reference


class Signature(models.Model):
    """A city's word on one edition, given once, on the exact text, by a named office."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="signatures")
    city = models.ForeignKey(City, models.PROTECT, related_name="signatures")
    deliberation = models.ForeignKey(Deliberation, models.PROTECT, related_name="signatures")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    reservation = models.TextField(blank=True, max_length=4000)
    reservation_language = models.CharField(max_length=8, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "city"], name="one_signature_per_city_and_edition")]

    def __str__(self):
        return f"{self.city_id} signs {self.edition_id}"


class RegisterEntry(models.Model):
    """One line of the public register. Each line seals the one before it (see queries.register); the database refuses changes."""

    class Kind(models.TextChoices):
        SIGNATURE = "signature"
        RESERVATION = "reservation"
        WITHDRAWAL = "withdrawal"
        AMENDMENT = "amendment"

    position = models.PositiveIntegerField(unique=True)  # from 1, without gaps
    kind = models.CharField(max_length=16, choices=Kind.choices)
    city = models.ForeignKey(City, models.PROTECT, related_name="register_entries")
    city_slug = models.CharField(max_length=80)
    edition = models.PositiveIntegerField()
    edition_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)  # deliberation, reservation, reason: all public
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return f"{self.position} {self.kind}"
