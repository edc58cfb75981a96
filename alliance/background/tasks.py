"""The worker's own chores."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .models import Remembered
from .schedule import every

KEPT = {TaskResultStatus.SUCCESSFUL: timedelta(days=1), TaskResultStatus.FAILED: timedelta(days=30)}
_BATCH = 500  # rows deleted in one transaction, so that nobody waits long for the lock


@every(3600)
def prune() -> int:
    """Forget tasks done more than a day ago, and those given up more than thirty days ago. Returns how many."""
    count = 0
    for status, age in KEPT.items():
        old = DBTaskResult.objects.filter(status=status, finished_at__lt=timezone.now() - age)
        while batch := list(old.values_list("pk", flat=True)[:_BATCH]):
            DBTaskResult.objects.filter(pk__in=batch).delete()
            count += len(batch)
    return count


@every(3600)
def forget() -> int:
    """Forget what was to be remembered until now. Returns how many."""
    count, _tables = Remembered.objects.filter(expires__lt=timezone.now()).delete()
    return count
