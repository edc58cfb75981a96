from django.db import models
from django.utils import timezone
from django_tasks_db.models import DBTaskResult


class Worker(models.Model):
    """A worker that lives: it says so every few seconds. `place` and `birth` tell its process from another with the same pid."""

    name = models.CharField(primary_key=True, max_length=64)
    place = models.CharField(max_length=96)
    pid = models.PositiveIntegerField()
    birth = models.CharField(max_length=32)
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.name


class Claim(models.Model):
    """A task in a worker's hands: there while it runs, and only then. Who settles the task must first take this row away."""

    task = models.OneToOneField(DBTaskResult, models.CASCADE, related_name="claim")
    worker = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.task_id} by {self.worker}"


class Setback(models.Model):
    """One attempt that came to nothing. Those that count are limited; a part at rest (search, mail) does not count."""

    task = models.ForeignKey(DBTaskResult, models.CASCADE, related_name="setbacks")
    at = models.DateTimeField(default=timezone.now)
    counts = models.BooleanField(default=True)
    error = models.TextField()

    def __str__(self):
        return self.error


class Job(models.Model):
    """A repeated task and when it is next due. Moving `due_at` on is the lease: of several workers, one does."""

    name = models.CharField(primary_key=True, max_length=200)
    rule = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
    task = models.UUIDField(null=True)

    def __str__(self):
        return f"{self.name} ({self.rule})"


class Remembered(models.Model):
    """What every process of the house must remember for a while: who knocked how often, which one-time code was used.

    The rows are those of Django's database cache (see CACHES); the columns are named as it wants them.
    """

    cache_key = models.CharField(primary_key=True, max_length=255)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self):
        return self.cache_key
