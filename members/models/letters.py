from django.db import models

from alliance import clock


class Letter(models.Model):
    """A letter that the house owes somebody. `key` names the occasion, so that the same letter is never owed twice."""

    key = models.CharField(max_length=160, unique=True)
    to = models.EmailField()
    language = models.CharField(max_length=8)
    template = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)  # never a code: codes are derived when the letter is written
    owed_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.key
