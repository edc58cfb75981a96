"""Rooms, who is in them, and what is said."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import translation

from alliance.languages import state
from members.models import User, called
from members.policies.standing import active_mandates, standing_of
from members.queries import cities

from ..models import Message, Presence, Reaction, Room
from .audience import rooms_by_mandate, rooms_of


def rooms_visible_to(actor) -> QuerySet[Room]:
    """The rooms somebody is in."""
    return Room.objects.filter(rooms_of(standing_of(actor)))


def in_by_mandate(room: Room, actor) -> bool:
    """Somebody is in this room because its audience holds their city or their office: then no one can take them out by name."""
    return Room.objects.filter(rooms_by_mandate(standing_of(actor)), pk=room.pk).exists()


def messages_visible_to(actor) -> QuerySet[Message]:
    """What is said in one's rooms, without what was removed."""
    return Message.objects.filter(room__in=rooms_visible_to(actor), removed_at=None)


def rooms_still_open_to(person_ids) -> dict[int, set[int]]:
    """person id → ids of the rooms they are in, for those of these persons whose account is open."""
    persons = User.objects.filter(pk__in=list(person_ids), is_active=True)
    return {person.pk: set(rooms_visible_to(person).values_list("pk", flat=True)) for person in persons}


def in_room(room: Room) -> QuerySet[User]:
    """Everybody who is in a room: by their city's mandate, or added by name while they hold any mandate or office."""
    mandates = active_mandates()
    added = Presence.objects.filter(room=room, added=True, left_at=None).values("person")
    seated = Q(pk__in=added) & (Q(pk__in=mandates.values("user")) | ~Q(staff_role=""))
    if room.audience_kind == "members":
        seated |= Q(pk__in=mandates.values("user")) | ~Q(staff_role="")
    elif room.audience_kind == "own":
        seated |= Q(pk__in=mandates.filter(city=room.city_id).values("user"))
    elif room.audience_kind == "cities":
        named = [room.city_id, *room.audience_cities.values_list("pk", flat=True)]
        seated |= Q(pk__in=mandates.filter(city__in=named).values("user"))
    return User.objects.filter(seated, is_active=True)


def people_rows(room: Room, language: str) -> list[dict]:
    """Who is in a room: id, label, and the cities they act for. Addresses are not shown."""
    people = list(in_room(room).order_by("label", "pk").values("id", "label", "staff_role"))
    with translation.override(language):
        for row in people:
            row["label"] = called(row["label"], row["staff_role"])
    acts_for: dict[int, list[int]] = {}
    for user_id, city_id in active_mandates().filter(user__in=[row["id"] for row in people]).values_list("user", "city"):
        acts_for.setdefault(user_id, []).append(city_id)
    named = cities.briefs({pk for held in acts_for.values() for pk in held}, language)
    return [{**row, "cities": [named[pk] for pk in sorted(set(acts_for.get(row["id"], []))) if pk in named]} for row in people]


def room_rows(queryset: QuerySet[Room], actor, language: str) -> list[dict]:
    """Rooms as a list shows them: title, audience, last seq, what the actor has not read."""
    who = standing_of(actor)
    rows = list(
        queryset.values(
            "id", "title", "title_language", "audience_kind", "city_id", "opened_at", "closed_at", "last_seq", "last_posted_at"
        )
    )
    ids = [row["id"] for row in rows]
    read = dict(Presence.objects.filter(person=who.user_id, room__in=ids).values_list("room", "read_seq"))
    through = Room.audience_cities.through.objects.filter(room__in=ids).values_list("room", "city__slug")
    named: dict[int, list[str]] = {}
    for room_id, slug in through:
        named.setdefault(room_id, []).append(slug)
    owners = cities.briefs({row["city_id"] for row in rows}, language)
    return [_room(row, owners, named.get(row["id"], []), read.get(row["id"], 0), language) for row in rows]


def _room(row: dict, owners: dict, named: list[str], read_seq: int, language: str) -> dict:
    source = row["title_language"]
    return {
        "id": row["id"],
        "title": row["title"],
        "city": owners[row["city_id"]],
        "audience": {
            "kind": row["audience_kind"],
            "cities": sorted(named),
            "room": row["id"] if row["audience_kind"] == "room" else None,
        },
        "opened_at": row["opened_at"],
        "closed_at": row["closed_at"],
        "last_seq": row["last_seq"],
        "last_posted_at": row["last_posted_at"],
        "read_seq": read_seq,
        "unread": max(row["last_seq"] - read_seq, 0),
        "language": state.note(language, source, {source: {}}, 1),
    }


def by_newest_talk(queryset: QuerySet[Room]) -> QuerySet[Room]:
    """The room spoken in last comes first; one that is still silent counts from its opening."""
    return queryset.annotate(stirred_at=Coalesce("last_posted_at", "opened_at")).order_by("-stirred_at", "-id")


def messages_in(room_id: int, *, after: int | None = None, before: int | None = None, most: int = 100) -> list[Message]:
    """Up to `most` messages of a room in the order of `seq`: the first after one, else the last before one, or of all."""
    messages = Message.objects.filter(room=room_id)
    if before is not None:
        messages = messages.filter(seq__lt=before)
    if after is not None:
        return list(messages.filter(seq__gt=after).order_by("seq")[:most])
    return list(reversed(messages.order_by("-seq")[:most]))


def message_rows(messages, language: str | None = None) -> list[dict]:
    """Messages as the API and the socket give them: two queries for any number.

    A removed message keeps its number and says nothing. `language` is who asks; frames for everybody leave it to the source.
    """
    messages = list(messages)
    authors = _authors({m.author_id for m in messages}, language)
    slugs = {pk: brief["slug"] for pk, brief in cities.briefs({m.city_id for m in messages if m.city_id}, "en").items()}
    signs = _signs([message.pk for message in messages])
    return [_message(m, authors, slugs, signs.get(m.pk, []), language) for m in messages]


def _authors(ids: set[int], language: str | None) -> dict[int, dict]:
    """Who wrote, as messages say it. Whom only an office names is given by it: `office`, and as the label its word in the
    reader's language; in the author's own, where everybody reads the same."""
    found = {}
    for pk, label, office, own in User.objects.filter(pk__in=ids).values_list("pk", "label", "staff_role", "language"):
        with translation.override(language or own):
            found[pk] = {"id": pk, "label": called(label, office), "office": "" if label else office}
    return found


def _signs(message_ids: list[int]) -> dict[int, list[dict]]:
    grouped: dict[int, dict[str, list[int]]] = {}
    rows = Reaction.objects.filter(message__in=message_ids).order_by("pk").values_list("message", "sign", "person")
    for message_id, sign, person_id in rows:
        grouped.setdefault(message_id, {}).setdefault(sign, []).append(person_id)
    return {pk: [{"sign": sign, "count": len(by), "people": by} for sign, by in signs.items()] for pk, signs in grouped.items()}


def _message(message: Message, authors: dict, slugs: dict, signs: list, language: str | None) -> dict:
    gone = message.removed_at is not None
    source = message.source_language
    return {
        "id": message.pk,
        "room": message.room_id,
        "seq": message.seq,
        "author": authors[message.author_id],
        "city": slugs.get(message.city_id),
        "text": "" if gone else message.text,
        "source_language": source,
        "language": state.note(language or source, source, {source: {}}, 1),
        "reply_to": message.reply_to,
        "posted_at": message.posted_at,
        "edited_at": message.edited_at,
        "removed": gone,
        "reactions": [] if gone else signs,
    }


def message(room_id: int, seq: int) -> Message | None:
    """One message, with its room."""
    return Message.objects.select_related("room").filter(room=room_id, seq=seq).first()


def message_by_id(message_id: int) -> Message | None:
    return Message.objects.select_related("room").filter(pk=message_id).first()


def unread_of(actor) -> int:
    """How many messages somebody has not read, over all their rooms."""
    who = standing_of(actor)
    if not who.member:
        return 0
    read = dict(Presence.objects.filter(person=who.user_id).values_list("room", "read_seq"))
    return sum(max(last - read.get(pk, 0), 0) for pk, last in rooms_visible_to(who).values_list("pk", "last_seq"))
