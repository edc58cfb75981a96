"""Opening rooms, bringing people in, and talking."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.errors import Conflict, Forbidden, Invalid, Unknown
from alliance.languages.detection import guess
from alliance.languages.state import reader_language
from alliance.ledger.actions import announce, record
from alliance.policy import require
from members.models import User
from members.policies.standing import standing_of

from .. import events
from ..models import Message, Presence, Reaction, Room
from ..policies import rooms as policies
from ..queries.rooms import in_by_mandate, in_room, rooms_visible_to
from ..words import checked
from .audience import read_audience, set_audience

TEXT_MOST = 4000
NONCE_MOST = 64


@transaction.atomic
def open_room(title: str, audience: dict | None, *, city_id: int | None = None, language: str = "", actor) -> Room:
    """Open a room for a city the actor writes for (the first of them, unless told), and be in it.

    `audience` has the API's shape; a room is for `members`, `cities`, `own`, or `room` (only who is added by name).
    """
    require(policies.may_open(actor))
    own = policies.writing_cities(standing_of(actor))
    if city_id is not None and city_id not in own:
        raise Forbidden(_("Only an official of this city may do this."))
    words = checked(title, "title", 200, needed=True)
    room = Room(city_id=city_id or own[0], title=words, title_language=language or reader_language(), opened_by=actor)
    wanted = read_audience(audience or {"kind": "room"}, actor=actor, for_room=True)
    if wanted.kind == "public":
        raise Invalid(
            _("A room is never public. Choose all member cities, named cities, your own city, or named people."), field="audience"
        )
    set_audience(room, wanted)
    Presence.objects.create(room=room, person=actor, added=True)
    record(events.RoomOpened(room_id=room.pk, city_id=room.city_id), actor=actor)
    record(events.RoomJoined(room_id=room.pk, person_id=actor.pk), actor=actor)
    return room


@transaction.atomic
def close(room_id: int, *, actor) -> Room:
    """Close a room: it is read, and no longer written."""
    room = _room(room_id, actor)
    require(policies.may_close(actor, room))
    if not Room.objects.filter(pk=room.pk, closed_at=None).update(closed_at=clock.now()):
        raise Conflict(_("This room is closed. It can still be read."))
    record(events.RoomClosed(room_id=room.pk), actor=actor)
    return room


@transaction.atomic
def add_person(room_id: int, *, email: str = "", person_id: int | None = None, actor) -> Presence:
    """Bring somebody in by name. Raises Invalid when nobody with a mandate has this address, Conflict when they are in."""
    room = _room(room_id, actor)
    require(policies.may_add_people(actor, room))
    field, known = ("person", {"pk": person_id}) if person_id is not None else ("email", {"email": email.strip().lower()})
    person = User.objects.filter(is_active=True, **known).first()
    if person is None or not standing_of(person).member:
        if field == "person":
            raise Invalid(_("There is no such person with a mandate in the alliance."), field=field)
        raise Invalid(_("Nobody with a mandate in the alliance has this address."), field=field)
    if in_room(room).filter(pk=person.pk).exists():
        raise Conflict(_("This person is in the room already."), field=field)
    presence, _made = Presence.objects.update_or_create(
        room=room, person=person, defaults={"added": True, "left_at": None, "added_at": clock.now()}
    )
    record(events.RoomJoined(room_id=room.pk, person_id=person.pk), actor=actor)
    return presence


@transaction.atomic
def remove_person(room_id: int, person_id: int, *, actor) -> None:
    """Leave a room, or take somebody out who was added by name.

    Raises Forbidden for who is there by mandate, added by name or not, and Conflict for who is not in the room.
    """
    room = _room(room_id, actor)
    person = User.objects.filter(pk=person_id).first()
    require(policies.may_remove_person(actor, room, person_id, by_mandate=in_by_mandate(room, person)))
    now = clock.now()
    if not Presence.objects.filter(room=room, person=person_id, added=True, left_at=None).update(added=False, left_at=now):
        raise Conflict(_("This person is not in the room."))
    record(events.RoomLeft(room_id=room.pk, person_id=person_id), actor=actor)


def post(
    room_id: int, text: str, *, nonce: str, reply_to: int | None = None, source_language: str = "", actor
) -> tuple[Message, bool]:
    """Say something in a room. The same nonce twice is the same message: (message, whether it is new).

    `seq` is allotted under the room's row lock, so a room's numbers have no gaps. A language that is not given is what the words
    look like, or else the speaker's own; it is guessed before the transaction, which others wait for.
    Raises Invalid, Forbidden, Unknown.
    """
    tongue = source_language or guess(text) or actor.language
    return _post(room_id, text, nonce=nonce, reply_to=reply_to, source_language=tongue, actor=actor)


@transaction.atomic
def _post(room_id: int, text: str, *, nonce: str, reply_to: int | None, source_language: str, actor) -> tuple[Message, bool]:
    room = _room(room_id, actor)
    if known := _said(room, actor, nonce):
        return known, False
    require(policies.may_post(actor, room))
    words = checked(text, "text", TEXT_MOST, needed=True)
    now = clock.now()
    # The update is the lock: whoever posts next waits here, and then sees what we wrote.
    if not Room.objects.filter(pk=room.pk, closed_at=None).update(last_seq=F("last_seq") + 1, last_posted_at=now):
        raise Forbidden(_("This room is closed. It can still be read."))
    if known := _said(room, actor, nonce):
        Room.objects.filter(pk=room.pk).update(last_seq=F("last_seq") - 1)
        return known, False
    seq = Room.objects.values_list("last_seq", flat=True).get(pk=room.pk)
    if reply_to is not None and not Message.objects.filter(room=room, seq=reply_to).exists():
        raise Invalid(_("The message you answer does not exist."), field="reply_to")
    message = Message.objects.create(
        room=room,
        seq=seq,
        author=actor,
        city_id=_speaks_for(room, actor),
        text=words,
        source_language=source_language,
        nonce=_nonce(nonce),
        reply_to=reply_to,
        posted_at=now,
    )
    announce(events.MessagePosted(message_id=message.pk, room_id=room.pk, seq=seq))
    return message, True


@transaction.atomic
def edit(room_id: int, seq: int, text: str, *, actor) -> Message:
    """Change what one said. The ledger keeps the earlier words."""
    message = _message(room_id, seq, actor)
    require(policies.may_change(actor, message))
    words = checked(text, "text", TEXT_MOST, needed=True)
    before = message.text
    changed = Message.objects.filter(pk=message.pk, removed_at=None).update(
        text=words, edited_at=clock.now(), version=F("version") + 1
    )
    if not changed:
        raise Conflict(_("This message was removed."))
    record(events.MessageEdited(message_id=message.pk, room_id=room_id, seq=seq, before=before), actor=actor)
    message.refresh_from_db()
    return message


@transaction.atomic
def remove(room_id: int, seq: int, *, actor) -> Message:
    """Take back what one said. The number stays."""
    message = _message(room_id, seq, actor)
    require(policies.may_change(actor, message))
    return take_down(message, by_moderation=False, actor=actor)


def take_down(message: Message, *, by_moderation: bool, actor) -> Message:
    """Remove a message's words from the room. The caller decides who may, and holds the transaction."""
    if not Message.objects.filter(pk=message.pk, removed_at=None).update(removed_at=clock.now(), version=F("version") + 1):
        raise Conflict(_("This message was removed."))
    event = events.MessageRemoved(message_id=message.pk, room_id=message.room_id, seq=message.seq, by_moderation=by_moderation)
    record(event, actor=actor)
    message.refresh_from_db()
    return message


def put_back(message: Message, *, actor) -> Message:
    """Undo a removal. The caller decides who may, and holds the transaction."""
    Message.objects.filter(pk=message.pk).update(removed_at=None, version=F("version") + 1)
    record(events.MessageRestored(message_id=message.pk, room_id=message.room_id, seq=message.seq), actor=actor)
    message.refresh_from_db()
    return message


@transaction.atomic
def react(room_id: int, seq: int, sign: str, *, on: bool, actor) -> Message:
    """Put a sign under a message, or take it away. Doing it twice changes nothing. Raises Conflict for a removed message."""
    message = _message(room_id, seq, actor)
    require(policies.may_post(actor, message.room))
    if sign not in Reaction.SIGNS:
        raise Invalid(_("We do not know this sign."), field="sign")
    if on and message.removed_at:
        raise Conflict(_("This message was removed."))
    if on:
        _reaction, changed = Reaction.objects.get_or_create(message=message, person=actor, sign=sign)
    else:
        changed, _rows = Reaction.objects.filter(message=message, person=actor, sign=sign).delete()
    if changed:
        announce(events.ReactionChanged(message_id=message.pk, room_id=room_id, seq=seq))
    return message


@transaction.atomic
def mark_read(room_id: int, seq: int, *, actor) -> int:
    """Somebody has read a room up to `seq`. Marks never go back. Returns the mark."""
    room = _room(room_id, actor)
    upto = max(0, min(seq, room.last_seq))
    presence, _made = Presence.objects.get_or_create(room=room, person=actor)
    Presence.objects.filter(pk=presence.pk, read_seq__lt=upto).update(read_seq=upto)
    return max(presence.read_seq, upto)


def _room(room_id: int, actor) -> Room:
    room = rooms_visible_to(actor).filter(pk=room_id).first()
    if room is None:
        raise Unknown(_("There is no such room."))
    return room


def _message(room_id: int, seq: int, actor) -> Message:
    room = _room(room_id, actor)
    message = Message.objects.filter(room=room, seq=seq).first()
    if message is None:
        raise Unknown(_("There is no such message."))
    message.room = room
    return message


def _said(room: Room, actor, nonce: str) -> Message | None:
    return Message.objects.filter(room=room, author=actor, nonce=nonce).first()


def _speaks_for(room: Room, actor) -> int | None:
    """The city somebody speaks for here: one of theirs that the room is about, else their first."""
    own = policies.writing_cities(standing_of(actor))
    if len(own) > 1:
        about = {room.city_id, *room.audience_cities.values_list("pk", flat=True)}
        own = [pk for pk in own if pk in about] or own
    return own[0] if own else None


def _nonce(nonce: str) -> str:
    if not nonce or len(nonce) > NONCE_MOST or "\x00" in nonce:
        raise Invalid(_("A nonce has 1 to %(most)s characters.") % {"most": NONCE_MOST}, field="nonce")
    return nonce
