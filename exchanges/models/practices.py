from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.languages.state import Worded

from .audience import Audienced
from .rooms import Room


class Practice(Worded, Audienced):  # type: ignore[misc]
    """A described experience of a city: context, action, results, what failed, cost, what others need to repeat it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned to the city")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    TEXTS = ("title", "summary", "context", "action", "results", "failed", "cost")

    audience_room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=600)
    context = models.TextField(blank=True, max_length=10_000)
    action = models.TextField(blank=True, max_length=10_000)
    results = models.TextField(blank=True, max_length=10_000)
    failed = models.TextField(blank=True, max_length=10_000)
    cost = models.TextField(blank=True, max_length=2_000)
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT, db_index=True)
    state_reason = models.TextField(blank=True, max_length=4000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, db_index=True)
    hidden_at = models.DateTimeField(null=True)  # by moderation

    def __str__(self):
        return f"practice {self.pk}"


class PracticeTheme(models.Model):
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="theme_rows")
    theme = models.CharField(max_length=60, db_index=True)  # a concept of the thesaurus

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "theme"], name="theme_once")]

    def __str__(self):
        return self.theme


class PracticeTarget(models.Model):
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="target_rows")
    target = models.CharField(max_length=40, db_index=True)  # "sdg:11.7", "eccar:3"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "target"], name="target_once")]

    def __str__(self):
        return self.target


class Transfer(models.Model):
    """A city took a practice up: "we took this from you and changed that"."""

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="transfers")
    city = models.ForeignKey("members.City", models.PROTECT, related_name="+")
    note = models.TextField(blank=True, max_length=2000)
    note_language = models.CharField(max_length=8, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "city"], name="one_transfer_per_city")]

    def __str__(self):
        return f"{self.city_id} takes up {self.practice_id}"
