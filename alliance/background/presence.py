"""Who works here: workers say that they live, and what a dead one held is taken back."""

import logging
import os
import socket
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from . import bell, claims
from .models import Claim, Worker

log = logging.getLogger("alliance.background")

BEAT = timedelta(seconds=10)
SILENCE = timedelta(seconds=45)  # longer than SQLite may keep a heartbeat waiting (busy_timeout 20 s) after a missed one


def _place() -> str:
    """This running kernel and process namespace: where a pid means something. Empty where that cannot be known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _birth(pid: int) -> str:
    """When process `pid` began, in the kernel's ticks; empty when there is none, or only its remains."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if after_name[0] in "ZX" else after_name[19]


def beat(name: str, *, now: datetime | None = None) -> None:
    """Say that the worker `name` of this process lives: first word and heartbeat alike."""
    now = now or timezone.now()
    if Worker.objects.filter(name=name).update(seen_at=now):
        return
    pid = os.getpid()
    place = _place() or socket.gethostname()
    fresh = Worker(name=name, place=place[:96], pid=pid, birth=_birth(pid), began_at=now, seen_at=now)
    Worker.objects.bulk_create([fresh], update_conflicts=True, unique_fields=["name"], update_fields=["seen_at"])


def leave(name: str) -> None:
    """The worker `name` has gone in good order."""
    Worker.objects.filter(name=name).delete()


def living(*, now: datetime | None = None) -> list[str]:
    """The names of the workers that live: heard lately, and where their process can be looked for, found."""
    now = now or timezone.now()
    here = _place()
    return [
        worker.name
        for worker in Worker.objects.filter(seen_at__gte=now - SILENCE)
        if not (here and worker.birth and worker.place == here and _birth(worker.pid) != worker.birth)
    ]


def reap(*, now: datetime | None = None) -> int:
    """Take back what dead workers held, and forget them. Returns how many tasks wait again (or were given up)."""
    now = now or timezone.now()
    alive = living(now=now)
    Worker.objects.exclude(name__in=alive).delete()
    orphans = Claim.objects.exclude(worker__in=alive).select_related("task")
    reaped = sum(claims.abandon(orphan, now=now) for orphan in orphans)
    if reaped:
        bell.ring()
    return reaped
