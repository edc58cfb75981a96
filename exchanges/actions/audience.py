"""Audiences as they are given: `{"kind": "public|members|cities|room|own", "cities": [slug], "room": id}`."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from alliance.errors import Invalid
from members.models import City

from ..models.audience import Audienced
from ..queries.rooms import rooms_visible_to

KINDS = frozenset(Audienced.Audience.values)


@dataclass(frozen=True)
class Wanted:
    """An audience that was read and holds: ids instead of slugs."""

    kind: str
    cities: tuple[int, ...] = ()
    room: int | None = None


def read_audience(given: Mapping | None, *, actor, for_room: bool = False) -> Wanted:
    """The audience that is asked for. Raises Invalid for an unknown kind, city or room, and for a list where none belongs.

    A room that is itself for `room` is one whose people are named one by one, so it names no other room.
    """
    if given is None:
        return Wanted("members")
    kind = str(given.get("kind"))
    if kind not in KINDS:
        raise Invalid(_("We do not know this audience."), field="audience.kind")
    if kind == "cities":
        return Wanted(kind, cities=_cities(given.get("cities") or []))
    if kind == "room" and not for_room:
        return Wanted(kind, room=_room(given.get("room"), actor))
    return Wanted(kind)


def set_audience(thing: Audienced, wanted: Wanted) -> None:
    """Save the thing with this audience. The caller holds the transaction."""
    thing.audience_kind = wanted.kind
    if hasattr(thing, "audience_room_id"):
        thing.audience_room_id = wanted.room
    thing.save()
    thing.audience_cities.set(wanted.cities)


def _cities(slugs) -> tuple[int, ...]:
    if not isinstance(slugs, list | tuple) or not slugs or not all(isinstance(slug, str) for slug in slugs):
        raise Invalid(_("Please name the cities that may see this."), field="audience.cities")
    known = dict(City.objects.filter(slug__in=slugs[:500]).values_list("slug", "pk"))
    unknown = [slug for slug in slugs if slug not in known]
    if unknown:
        raise Invalid(_("We do not know the city “%(slug)s”.") % {"slug": unknown[0][:80]}, field="audience.cities")
    return tuple(known.values())


def _room(pk, actor) -> int:
    if isinstance(pk, bool) or not isinstance(pk, int) or not 0 < pk < 2**53:
        raise Invalid(_("Please name the room whose people may see this."), field="audience.room")
    if not rooms_visible_to(actor).filter(pk=pk).exists():
        raise Invalid(_("You are in no such room."), field="audience.room")
    return pk
