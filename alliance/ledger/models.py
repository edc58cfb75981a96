from django.conf import settings
from django.db import models

from alliance import clock


class Entry(models.Model):
    """One line of the memory. Written once; the database itself refuses to change or delete it (see the migration)."""

    at = models.DateTimeField(default=clock.now, db_index=True)
    name = models.CharField(max_length=64, db_index=True)
    subject = models.CharField(max_length=64)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="ledger_subject")]

    def __str__(self):
        return f"{self.name} {self.subject}"
