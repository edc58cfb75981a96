"""Visibility by audience: the one place that says who may see a thing with an audience."""

from django.db.models import Exists, OuterRef, Q

from members.policies.standing import Standing, standing_of

from ..models import Presence, Room


def rooms_of(standing: Standing) -> Q:
    """The rooms a person is in: by their mandate, or added by name. Without an active mandate or office: none."""
    if not standing.member:
        return Q(pk__in=[])
    added = Exists(Presence.objects.filter(room=OuterRef("pk"), person=standing.user_id, added=True, left_at=None))
    return Q(added) | rooms_by_mandate(standing)


def rooms_by_mandate(standing: Standing) -> Q:
    """The rooms whose audience holds the person, whether or not anybody added them by name."""
    if not standing.member:
        return Q(pk__in=[])
    through = Room.audience_cities.through.objects.filter(room=OuterRef("pk"), city__in=standing.city_ids)
    return (
        Q(audience_kind="members")
        | Q(audience_kind="own", city__in=standing.city_ids)
        | (Q(audience_kind="cities") & (Q(city__in=standing.city_ids) | Q(Exists(through))))
    )


def within_audience(model, actor) -> Q:
    """The rows of `model` (Practice, Document) whose audience the actor belongs to. The owning city always does."""
    standing = standing_of(actor)
    admitted = Q(audience_kind="public")
    if not standing.member:
        return admitted
    owner = f"{model._meta.model_name}"
    named = model.audience_cities.through.objects.filter(**{owner: OuterRef("pk")}, city__in=standing.city_ids)
    return (
        admitted
        | Q(audience_kind="members")
        | Q(city__in=standing.city_ids)
        | (Q(audience_kind="cities") & Q(Exists(named)))
        | Q(audience_kind="room", audience_room__in=Room.objects.filter(rooms_of(standing)))
    )


def tokens_of(actor) -> frozenset[str]:
    """The audience tokens the search index filters by: public, members, cities, rooms."""
    standing = standing_of(actor)
    rooms = Room.objects.filter(rooms_of(standing)).values_list("pk", flat=True) if standing.member else []
    return standing.tokens | {f"room:{pk}" for pk in rooms}


def tokens_for(thing) -> frozenset[str]:
    """The tokens of those who may see `thing` (audience_cities prefetched)."""
    own = f"city:{thing.city_id}"
    if thing.audience_kind == "cities":
        return frozenset({own, *(f"city:{city.pk}" for city in thing.audience_cities.all())})
    if thing.audience_kind == "room":
        return frozenset({own, f"room:{thing.audience_room_id}"})
    return frozenset(
        {own, "public" if thing.audience_kind == "public" else "members" if thing.audience_kind == "members" else own}
    )
