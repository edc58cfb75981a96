"""The public register: a chain in which every line seals the one before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from django.db.models import QuerySet

from ..models import RegisterEntry

GENESIS = "0" * 64


def register() -> QuerySet[RegisterEntry]:
    """Every line, oldest first."""
    return RegisterEntry.objects.order_by("position")


def lines_of(city_slug: str) -> QuerySet[RegisterEntry]:
    """The lines of one city, oldest first."""
    return register().filter(city_slug=city_slug)


def entry(position: int) -> RegisterEntry | None:
    """One line."""
    return RegisterEntry.objects.filter(position=position).first()


def entry_by_hash(digest: str) -> RegisterEntry | None:
    """The line with this hash, or whose hash begins so (at least 12 characters)."""
    wanted = digest.strip().lower()
    if len(wanted) < 12 or any(mark not in "0123456789abcdef" for mark in wanted):
        return None
    return RegisterEntry.objects.filter(hash__startswith=wanted[:64]).first()


def line(entry: RegisterEntry) -> dict:
    """A line as it is published; everything its hash covers is in it."""
    return {
        "position": entry.position,
        "kind": entry.kind,
        "city": entry.city_slug,
        "edition": entry.edition,
        "edition_sha256": entry.edition_sha256,
        "at": moment(entry.at),
        "facts": entry.facts,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def moment(at: datetime) -> str:
    """A time as it is hashed and published: UTC, ISO 8601, to the microsecond, with Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seal(line: Mapping) -> str:
    """The hash of a published line: sha256 over its JSON without `hash` (sorted keys, no spaces, UTF-8), in hex."""
    covered = {
        name: line[name] for name in ("position", "kind", "city", "edition", "edition_sha256", "at", "facts", "previous_hash")
    }
    return hashlib.sha256(json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_broken(lines: Iterable[Mapping]) -> int | None:
    """Recompute the chain over published lines, oldest first: the first position that does not hold, or None."""
    previous, expected = GENESIS, 1
    for line in lines:
        try:
            holds = line["position"] == expected and line["previous_hash"] == previous and seal(line) == line["hash"]
        except (KeyError, TypeError):
            holds = False
        if not holds:
            return expected
        previous, expected = line["hash"], expected + 1
    return None
