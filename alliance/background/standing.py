"""How the work stands, for /readyz and the metrics."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Min
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from . import presence
from .claims import due
from .models import Claim


@dataclass(frozen=True)
class State:
    """`oldest` is the age in seconds of the task that has been due longest, 0 when none waits; the rest are counts."""

    oldest: float
    waiting: int
    running: int
    failed: int
    workers: int

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def standing(*, now: datetime | None = None) -> State:
    """The state of the work at `now`."""
    now = now or timezone.now()
    waiting = due(now)
    since = [
        waiting.filter(run_after=get_date_max()).aggregate(first=Min("enqueued_at"))["first"],
        waiting.filter(run_after__lte=now).aggregate(first=Min("run_after"))["first"],
    ]
    longest = max((now - moment for moment in since if moment), default=None)
    return State(
        oldest=max(0.0, longest.total_seconds()) if longest is not None else 0.0,
        waiting=waiting.count(),
        running=Claim.objects.count(),
        failed=DBTaskResult.objects.failed().count(),
        workers=len(presence.living(now=now)),
    )
