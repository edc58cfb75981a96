"""What is done again and again: declared beside the task, run once however many workers there are."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task

log = logging.getLogger("alliance.background")

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))


@dataclass(frozen=True)
class Period:
    """Every so many seconds; the first time at once."""

    seconds: int

    def __str__(self) -> str:
        return f"every {self.seconds} s"

    def first(self, now: datetime) -> datetime:
        return now

    def after(self, moment: datetime) -> datetime:
        return moment + timedelta(seconds=self.seconds)


class Cron:
    """The five fields of crontab(5) in UTC: numbers, lists, ranges, steps and `*`. Raises ValueError on any other text."""

    def __init__(self, text: str):
        fields = text.split()
        if len(fields) != 5:
            raise ValueError(f"“{text}” has not the five fields minute, hour, day, month, weekday.")
        self.text = text
        self.minutes, self.hours, self.days, self.months, weekdays = (
            _numbers(field, *limits) for field, limits in zip(fields, _FIELDS, strict=True)
        )
        self.weekdays = {day % 7 for day in weekdays}
        self.any_day, self.any_weekday = fields[2] == "*", fields[4] == "*"

    def __str__(self) -> str:
        return self.text

    def first(self, now: datetime) -> datetime:
        return self.after(now)

    def after(self, moment: datetime) -> datetime:
        """The first matching minute after `moment`."""
        moment = moment.astimezone(UTC)
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        for days in range(8 * 366):  # the 29th of February comes at least once in eight years
            day = midnight + timedelta(days=days)
            if not self._falls_on(day):
                continue
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    if (found := day.replace(hour=hour, minute=minute)) > moment:
                        return found
        raise ValueError(f"“{self.text}” names a day that never comes.")

    def _falls_on(self, day: datetime) -> bool:
        # crontab(5): when both days are restricted, either is enough.
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        either = not self.any_day and not self.any_weekday
        return day.month in self.months and (in_month or in_week if either else in_month and in_week)


def _numbers(field: str, name: str, lowest: int, highest: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = (f"{lowest}-{highest}" if span == "*" else span).partition("-")
        numbers = [low, high or (str(highest) if step else low), step or "1"]
        if not all(number.isascii() and number.isdigit() for number in numbers):
            raise ValueError(f"“{field}” is not a {name}.")
        start, end, stride = map(int, numbers)
        if not (lowest <= start <= end <= highest and stride):
            raise ValueError(f"“{field}” is not a {name}: {lowest} to {highest}.")
        found.update(range(start, end + 1, stride))
    return found


JOBS: dict[str, tuple[Task, Period | Cron]] = {}


def every(rule: int | str) -> Callable[[Callable | Task], Task]:
    """Declare a repeated task in an app's tasks.py: `@every(3600)` is seconds, `@every("15 3 * * *")` is crontab's, in UTC.

    The decorated function takes no arguments and becomes a django-tasks task on the queue `default`, unless it already is one.
    A run that is missed is made up for once; one that still waits or runs is not doubled.
    """
    parsed = Cron(rule) if isinstance(rule, str) else Period(rule)

    def declare(function: Callable | Task) -> Task:
        declared = function if isinstance(function, Task) else task()(function)
        JOBS[declared.module_path] = declared, parsed
        return declared

    return declare


def prepare(*, now: datetime | None = None) -> None:
    """Find every declared job, and write down when each is first due. A job whose rule has changed begins anew."""
    from .models import Job

    autodiscover_modules("tasks")
    now = now or timezone.now()
    Job.objects.bulk_create(
        [Job(name=name, rule=str(rule), due_at=rule.first(now)) for name, (_task, rule) in JOBS.items()], ignore_conflicts=True
    )
    for name, (_task, rule) in JOBS.items():
        Job.objects.filter(name=name).exclude(rule=str(rule)).update(rule=str(rule), due_at=rule.first(now))


def enqueue_due(*, now: datetime | None = None) -> list[str]:
    """Enqueue the jobs that are due and that no other worker has taken. Returns their names."""
    from .models import Job

    now = now or timezone.now()
    begun = []
    for job in Job.objects.filter(due_at__lte=now, name__in=list(JOBS)):
        declared, rule = JOBS[job.name]
        with transaction.atomic():
            lease = Job.objects.filter(name=job.name, due_at=job.due_at)
            if lease.update(due_at=rule.after(now), last_at=now) and not _under_way(job):
                Job.objects.filter(name=job.name).update(task=declared.enqueue().id)
                begun.append(job.name)
    return begun


def _under_way(job) -> bool:
    from django_tasks_db.models import DBTaskResult

    unfinished = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    return job.task is not None and DBTaskResult.objects.filter(pk=job.task, status__in=unfinished).exists()
