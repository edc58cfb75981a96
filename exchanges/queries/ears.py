"""What decides who may hear which room, read for everybody who listens at once."""

from members.models import User
from members.policies.standing import active_mandates

from ..models import Presence, Room


def marks_of(heard: dict[int, set[int]]) -> dict[int, tuple]:
    """person id → a mark, for persons and the rooms they hear. Persons whose account is closed are missing.

    While a person's mark stays the same, so does their right to those rooms; when it differs, ask `rooms_visible_to` again. Five
    queries for any number of persons, to be read every second.
    """
    people = dict(User.objects.filter(pk__in=list(heard), is_active=True).values_list("pk", "staff_role"))
    rooms = {room for those in heard.values() for room in those}
    cities: dict[int, set[int]] = {}
    for person_id, city_id in active_mandates().filter(user__in=list(heard)).values_list("user", "city"):
        cities.setdefault(person_id, set()).add(city_id)
    added = set(
        Presence.objects.filter(person__in=list(heard), room__in=rooms, added=True, left_at=None).values_list("person", "room")
    )
    audiences: dict[int, tuple] = {
        pk: (pk, kind, city_id)
        for pk, kind, city_id in Room.objects.filter(pk__in=rooms).values_list("pk", "audience_kind", "city_id")
    }
    named = Room.audience_cities.through.objects.filter(room__in=rooms).order_by("city").values_list("room", "city")
    for room, city_id in named:
        audiences[room] = (*audiences.get(room, ()), city_id)
    return {
        person_id: (
            staff_role,
            frozenset(cities.get(person_id, ())),
            frozenset((audiences.get(room), (person_id, room) in added) for room in heard[person_id]),
        )
        for person_id, staff_role in people.items()
    }
