"""The ear: one socket a person, downstream only. What is said goes over HTTP."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from alliance.database import AWAY
from alliance.live.bus import bus
from alliance.live.frames import HELLO, RESTING, framed, written
from alliance.live.presence import REFRESHED, Presence
from alliance.live.protocol import LARGEST, LINE
from exchanges.queries.ears import marks_of
from exchanges.queries.rooms import rooms_still_open_to
from members.actions import tickets
from members.queries.sessions import signed_in

log = logging.getLogger("alliance.live")

REFUSALS_MOST = 5
CHECKED_EVERY = 1.0  # seconds: a lost right closes the ear within two
LOST_SESSION, NONSENSE = 4401, 4400  # close codes

_watch: "Watch | None" = None


class Ear(AsyncWebsocketConsumer):
    """One open socket."""

    # Our hub carries what a channel layer would; without one, each socket has a task and a queue less.
    channel_layer_alias = "none"

    async def websocket_connect(self, message):
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.scope["headers"]}
        origin = headers.get("origin")
        if origin is not None and origin not in _origins(headers.get("host", "")):
            await self.close()  # the handshake fails: a page from elsewhere learns nothing
            return
        self.rooms: set[int] = set()
        self.present: set[int] = set()  # the rooms in which the person is counted by this socket
        self.refusals = 0
        self.language = _language(headers.get("accept-language", ""))
        self.person, self.session_key = await self._known(origin is not None)
        await self.accept()
        if self.person is None:
            await self.close(code=LOST_SESSION)  # accepted before, so that the client reads our code and not a failed handshake
            return
        self.language = self.person.language
        line = self.scope.get("extensions", {}).get(LINE)
        self.listener = bus().hub.listener(lambda text: self.send(text_data=text), lambda code: self.close(code=code), line)
        self.watch_over = watch()
        self.watch_over.ears.add(self)
        if self.session_key:
            await bus().join(f"session.{self.session_key}", self.listener)
        await bus().join(f"person.{self.person.pk}", self.listener)
        self.listener.hear(HELLO)
        if bus().state() != "ok":
            self.listener.hear(RESTING)

    async def _known(self, has_origin: bool):
        """(person, session key) by ticket, or by the site's session for a page of ours; (None, "") for anybody else."""
        query = parse_qs(self.scope["query_string"].decode("latin-1")[:2000])
        if "ticket" in query:
            return await database_sync_to_async(tickets.redeem)(query["ticket"][0]) or (None, "")
        person = self.scope.get("user")
        if has_origin and person is not None and person.is_authenticated and person.is_active:
            return person, self.scope["session"].session_key or ""
        return None, ""

    async def disconnect(self, code):
        if getattr(self, "listener", None) is None:
            return
        self.listener.closed = True
        self.watch_over.ears.discard(self)
        bus().leave_all(self.listener)
        for room in self.present:
            self.watch_over.presence.went(room, self.person.pk)

    async def receive(self, text_data=None, bytes_data=None):
        if getattr(self, "listener", None) is None or self.listener.closed:
            return
        verb, about = _understood(text_data)
        if verb == "watch":
            await self.watch(set(about))
        elif verb == "unwatch":
            self.drop(set(about) & self.rooms)
        elif verb == "typing":
            if about in self.rooms:
                self.watch_over.presence.wrote(about, self.person.pk)
            else:
                self.refuse(_("You are in no such room."))
        else:
            self.refuse(_("We do not understand this frame."))

    async def watch(self, wanted: set[int]):
        """Hear these rooms; one that the person is not in is refused, like one that does not exist."""
        open_now = (await database_sync_to_async(rooms_still_open_to)([self.person.pk])).get(self.person.pk, set())
        fresh = sorted((wanted & open_now) - self.rooms)
        self.rooms.update(fresh)
        await asyncio.gather(*(bus().join(f"room.{room}", self.listener) for room in fresh))
        # A right may have been lost while we joined. Who is present is also the sign that the room is heard from now on.
        for room in () if self.listener.closed else self.rooms.intersection(fresh):
            self.present.add(room)
            self.watch_over.presence.came(room, self.person.pk)
            self.watch_over.presence.tell(room, self.listener)
        if wanted - open_now:
            self.refuse(_("You are in no such room."))

    def drop(self, rooms: set[int]) -> None:
        """Hear these rooms no more."""
        for room in rooms:
            self.rooms.discard(room)
            bus().leave(f"room.{room}", self.listener)
            if room in self.present:
                self.present.discard(room)
                self.watch_over.presence.went(room, self.person.pk)

    def keep(self, open_now: set[int]) -> None:
        """Of the rooms that are heard, only these remain."""
        lost = self.rooms - open_now
        self.drop(lost)
        for room in lost:
            self.listener.hear(framed(written("room.left", {"room": room, "person": self.person.pk}, room=room)))

    def refuse(self, detail) -> None:
        """Say what was wrong; the fifth time, end the socket."""
        self.refusals += 1
        with translation.override(self.language):
            self._say({"event": "refused", "detail": str(detail)})
        if self.refusals >= REFUSALS_MOST:
            self.listener.end(NONSENSE)

    def _say(self, frame: dict) -> None:
        self.listener.hear(framed(json.dumps(frame, ensure_ascii=False).encode()))


class Watch:
    """Over all sockets of this process: obeys orders, and asks every second, whoever changed the rights, who may still listen."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop
        self.ears: set[Ear] = set()
        self.presence = Presence(bus())
        self._marks: dict[Ear, tuple] = {}
        self._blind = False  # the database did not answer last time
        self._rounds = loop.create_task(self._watching())
        self._asides: set[asyncio.Task] = set()
        bus().start(loop, self.obey)

    def obey(self, order: str, group: str, *facts: Any) -> None:
        """An order from anywhere: close the sockets of a group, check them now, or note who is present elsewhere."""
        if order == "present":
            self.presence.heard(int(group.removeprefix("room.")), *facts)
            return
        listeners = set(bus().hub.groups.get(group, ()))
        if order == "close":
            for listener in listeners:
                listener.end(*facts)
        elif order == "recheck":
            for ear in (concerned := [ear for ear in self.ears if ear.listener in listeners]):
                self._marks.pop(ear, None)
            aside = self.loop.create_task(self._check(concerned))
            self._asides.add(aside)
            aside.add_done_callback(self._asides.discard)

    async def _watching(self) -> None:
        rounds = 0
        while True:
            await asyncio.sleep(CHECKED_EVERY)
            rounds += 1
            await self._check(list(self.ears))
            if rounds % int(REFRESHED / CHECKED_EVERY) == 0:
                self.presence.refresh()
                self._marks = {ear: mark for ear, mark in self._marks.items() if ear in self.ears}

    async def _check(self, ears: list[Ear]) -> None:
        """Who may no longer listen, stops. A few queries for all together; only for whom something changed is more asked."""
        ears = [ear for ear in ears if not ear.listener.closed]
        if not ears:
            return
        heard: dict[int, set[int]] = {}
        for ear in ears:
            heard.setdefault(ear.person.pk, set()).update(ear.rooms)
        sessions = {ear.session_key: ear.person.pk for ear in ears if ear.session_key}
        rooms_of = {ear: frozenset(ear.rooms) for ear in ears}
        try:
            marks, good = await database_sync_to_async(_read)(heard, sessions)
            stirred = [ear for ear in ears if ear.person.pk in marks and self._marks.get(ear) != marks[ear.person.pk]]
            open_now = await _in_thread(rooms_still_open_to, {ear.person.pk for ear in stirred if rooms_of[ear]})
        except AWAY as error:
            if not self._blind:
                log.warning("The database does not say who may still listen (%s); it is asked every second.", str(error).strip())
            self._blind = True
            return
        except Exception:
            log.exception("Whether people may still listen could not be asked; the next round asks again.")
            return
        self._blind = False
        for ear in ears:
            if ear.listener.closed:
                continue
            if ear.person.pk not in marks or (ear.session_key and ear.session_key not in good):
                ear.listener.end(LOST_SESSION)
        for ear in stirred:
            # What was joined since we asked was allowed since we asked.
            ear.keep(open_now.get(ear.person.pk, set()) | (ear.rooms - rooms_of[ear]))
            self._marks[ear] = marks[ear.person.pk]


def watch() -> Watch:
    """The one watch of this process, on the running loop."""
    global _watch
    loop = asyncio.get_running_loop()
    if _watch is None or _watch.loop is not loop:
        _watch = Watch(loop)
    return _watch


def _read(heard: dict[int, set[int]], sessions: dict[str, int]):
    return marks_of(heard), signed_in(sessions)


async def _in_thread(ask: Callable[[set[int]], dict], people: set[int]) -> dict:
    return await database_sync_to_async(ask)(people) if people else {}


def _understood(text: str | None) -> tuple[str, Any]:
    """(verb, what about) of a client's frame; ("", None) for anything that the contract does not know."""
    try:
        given = json.loads(text) if text and len(text) <= LARGEST else None
    except (ValueError, RecursionError):
        given = None
    if isinstance(given, dict) and len(given) == 1:
        verb, about = next(iter(given.items()))
        if (verb in ("watch", "unwatch") and _are_ids(about)) or (verb == "typing" and _are_ids([about])):
            return verb, about
    return "", None


def _are_ids(about: Any) -> bool:
    return isinstance(about, list) and all(type(each) is int and 0 < each < 2**53 for each in about)


def _origins(host: str) -> set[str]:
    """Where a page of ours may come from: the address we are known by, and the one that was called."""
    known = set(settings.CSRF_TRUSTED_ORIGINS) | {settings.BASE_URL}
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        name = ""
    return known | ({f"http://{host}", f"https://{host}"} if name in settings.ALLOWED_HOSTS else set())


def _language(accepted: str) -> str:
    first = accepted.split(",")[0].split("-")[0].strip().lower()
    return first if first in dict(settings.LANGUAGES) else "en"
