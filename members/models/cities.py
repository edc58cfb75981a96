from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.languages.state import Worded


class City(Worded):
    """A member city. It is made when its application is admitted; leaving changes its state, never its history."""

    class State(models.TextChoices):
        ADMITTED = "admitted", _("admitted")
        ON_HOLD = "on_hold", _("on hold")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXCLUDED = "excluded", _("excluded")

    slug = models.SlugField(max_length=80, unique=True)
    place = models.PositiveIntegerField(unique=True)  # the geonames id
    country = models.CharField(max_length=2, db_index=True)  # ISO 3166-1 alpha-2
    latitude = models.FloatField()
    longitude = models.FloatField()
    population = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=120)
    about = models.TextField(blank=True, max_length=2000)
    website = models.URLField(blank=True)
    languages = models.JSONField(default=list)  # working languages
    state = models.CharField(max_length=16, choices=State.choices, default=State.ADMITTED, db_index=True)
    state_reason = models.TextField(blank=True)
    admitted_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, db_index=True)  # of the signature in force, kept by the accord

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["admitted", "on_hold", "withdrawn", "excluded"]), name="city_state_known"
            )
        ]

    def __str__(self):
        return self.slug


class Affiliation(models.Model):
    """A city belongs to another network of cities as well."""

    city = models.ForeignKey(City, models.CASCADE, related_name="affiliations")
    network = models.CharField(max_length=40, db_index=True)  # an id of members/data/networks.json

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "network"], name="affiliation_once")]
