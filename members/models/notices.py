from django.conf import settings
from django.db import models

from alliance import clock


class Notice(models.Model):
    """A line for one person: something that concerns them happened. `subject` is "kind:id", `facts` plain values."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    name = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="notice_newest")]

    def __str__(self):
        return f"{self.name} {self.subject}"
