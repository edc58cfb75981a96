"""Live: who is in which room in this process, one frame for all, and the bus that carries it there.

Any thread may call these, and none fails or waits: what is lost live is in the database, and clients fetch it by `seq`.
"""

from typing import Any

from .bus import bus
from .frames import written

__all__ = ["claim", "close_person", "close_session", "drop_from_room", "recheck_person", "state", "tell", "tell_person"]


def tell(group: str, event: str, data: Any, *, room: int | None = None, seq: int | None = None) -> None:
    """Everybody who listens to `group` hears of an event."""
    bus().publish(group, written(event, data, room=room, seq=seq))


def tell_person(person_id: int, event: str, data: Any, *, room: int | None = None) -> None:
    """Every open socket of one person hears of an event."""
    bus().publish(f"person.{person_id}", written(event, data, room=room))


def close_person(person_id: int, code: int = 4401) -> None:
    """A person's sockets end: they may no longer sign in."""
    bus().order("close", f"person.{person_id}", code)


def close_session(session_key: str, code: int = 4401) -> None:
    """The sockets of one session end."""
    bus().order("close", f"session.{session_key}", code)


def recheck_person(person_id: int) -> None:
    """A person's rights have changed: their sockets ask again what they may hear."""
    bus().order("recheck", f"person.{person_id}")


def drop_from_room(person_id: int, room_id: int) -> None:
    """A person was taken out of a room: unless they are in it by another right, their sockets stop hearing it."""
    bus().order("recheck", f"person.{person_id}", room_id)


def claim() -> None:
    """For a server, before it serves: raises RuntimeError with a sentence when the bus cannot carry this process too."""
    bus().claim()


def state() -> str:
    """ok, or degraded while the bus between processes rests."""
    return bus().state()
