"""Who is in each room now, and who is writing. That grows with the square of a room: it is told once a second at most."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable

from .bus import Bus
from .frames import framed, written
from .listeners import Listener

EVERY = 1.0  # seconds between two tellings of the same kind in the same room
REFRESHED = 5.0  # seconds after which each process repeats whom it holds
FORGOTTEN = 16.0  # seconds after which a process that said nothing more is taken for gone
TYPISTS_MOST = 20  # people named as writing at once


class Presence:
    """Lives on the loop of the sockets. Each process tells all whom it holds (the order `present`), and its sockets who is in."""

    def __init__(self, bus: Bus):
        self._bus = bus
        self._process = uuid.uuid4().hex
        self._here: dict[int, Counter[int]] = {}  # room → person → sockets in this process
        self._views: dict[int, dict[str, tuple[float, list[int]]]] = {}  # room → process → (when, people)
        self._typing: dict[int, set[int]] = {}
        self._told: dict[tuple[str, int], float] = {}
        self._due: set[tuple[str, int]] = set()

    def came(self, room: int, person: int) -> None:
        """A socket of this person hears a room from now on."""
        people = self._here.setdefault(room, Counter())
        people[person] += 1
        if people[person] == 1:
            self._soon("here", room, self._tell_processes)

    def went(self, room: int, person: int) -> None:
        """The opposite."""
        people = self._here.get(room)
        if people is None:
            return
        people[person] -= 1
        if people[person] <= 0:
            del people[person]
            if not people:
                del self._here[room]
            self._soon("here", room, self._tell_processes)

    def wrote(self, room: int, person: int) -> None:
        """A person is writing."""
        people = self._typing.setdefault(room, set())
        if len(people) < TYPISTS_MOST:
            people.add(person)
        self._soon("typing", room, self._tell_typing)

    def heard(self, room: int, process: str, people: list[int]) -> None:
        """The order `present`: a process, perhaps this one, says whom it holds."""
        views = self._views.setdefault(room, {})
        before = self._viewed(room)
        if people and process not in views and process != self._process and room in self._here:
            self._soon("here", room, self._tell_processes)  # they have just come, and do not know whom we hold
        if people:
            views[process] = (time.monotonic(), people)
        else:
            views.pop(process, None)
        if not views:
            del self._views[room]
        if self._viewed(room) != before:
            self._soon("present", room, self._tell_sockets)

    def people(self, room: int) -> list[int]:
        """Who is in a room, in all processes."""
        return sorted({*self._here.get(room, ()), *self._viewed(room)})

    def _viewed(self, room: int) -> set[int]:
        """What the processes said; our own word reaches us like the others’."""
        return {person for _when, people in self._views.get(room, {}).values() for person in people}

    def tell(self, room: int, listener: Listener) -> None:
        """Say it to one socket, which has just come."""
        listener.hear(self._frame(room))

    def refresh(self) -> None:
        """To be called now and then: repeat whom we hold to the other processes, and forget those that fell silent."""
        now = time.monotonic()
        self._told = {key: when for key, when in self._told.items() if now - when < REFRESHED}
        for room in tuple(self._here):
            self._tell_processes(room)
        for room, views in tuple(self._views.items()):
            gone = [process for process, (when, _people) in views.items() if now - when > FORGOTTEN]
            for process in gone:
                del views[process]
            if gone:
                self._tell_sockets(room)
            if not views:
                del self._views[room]

    def _soon(self, kind: str, room: int, tell: Callable[[int], None]) -> None:
        """At once when this was not told for a second; else when the second is over, once for all that came meanwhile."""
        key = (kind, room)
        if key in self._due:
            return
        wait = self._told.get(key, 0.0) + EVERY - time.monotonic()
        self._due.add(key)

        def now() -> None:
            self._due.discard(key)
            self._told[key] = time.monotonic()
            tell(room)

        asyncio.get_running_loop().call_later(max(wait, 0.0), now)

    def _tell_processes(self, room: int) -> None:
        self._bus.order("present", f"room.{room}", self._process, sorted(self._here.get(room, ())))

    def _tell_typing(self, room: int) -> None:
        people = sorted(self._typing.pop(room, ()))
        self._bus.publish(f"room.{room}", written("person.typing", {"people": people}, room=room))

    def _tell_sockets(self, room: int) -> None:
        self._bus.hub.carry(f"room.{room}", self._frame(room))

    def _frame(self, room: int) -> bytes:
        return framed(written("person.present", {"people": self.people(room)}, room=room))
