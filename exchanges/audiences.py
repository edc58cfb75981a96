"""Which group hears which event."""

from functools import singledispatch

from alliance import live
from members.events import AccountDeactivated, MandateEnded

from . import events
from .models import Message
from .queries.rooms import message_rows


def room_group(room_id: int) -> str:
    """Everybody who listens to a room."""
    return f"room.{room_id}"


@singledispatch
def deliver(event) -> None:
    """Ledger listener, after the commit. Most events are silent."""


@deliver.register(events.MessagePosted)
@deliver.register(events.MessageEdited)
@deliver.register(events.MessageRemoved)
@deliver.register(events.MessageRestored)
@deliver.register(events.ReactionChanged)
def _(event) -> None:
    rows = message_rows(Message.objects.filter(pk=event.message_id))
    if rows:
        name = "message.edited" if isinstance(event, events.MessageRestored) else event.name
        live.tell(room_group(event.room_id), name, rows[0], room=event.room_id, seq=event.seq)


@deliver.register
def _(event: events.RoomJoined) -> None:
    live.tell_person(event.person_id, "room.joined", {"room": event.room_id, "person": event.person_id}, room=event.room_id)


@deliver.register
def _(event: events.RoomLeft) -> None:
    live.drop_from_room(event.person_id, event.room_id)


@deliver.register
def _(event: MandateEnded) -> None:
    if event.user_id is not None:
        live.recheck_person(event.user_id)


@deliver.register
def _(event: AccountDeactivated) -> None:
    live.close_person(event.user_id)
