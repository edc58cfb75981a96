from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import City


class Audienced(models.Model):
    """Who may see a thing. Several cities stand in `audience_cities`, a room in `audience_room`; `city` is the owner."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("everybody")
        MEMBERS = "members", _("all member cities")
        CITIES = "cities", _("named cities")
        ROOM = "room", _("the people of a room")
        OWN = "own", _("the owning city only")

    city = models.ForeignKey(City, models.PROTECT, related_name="%(class)ss")
    audience_kind = models.CharField(max_length=8, choices=Audience.choices, default=Audience.MEMBERS)
    audience_cities = models.ManyToManyField(City, blank=True, related_name="+")

    class Meta:
        abstract = True
