"""The ear: one socket a person, downstream only. What is said goes over HTTP."""

import asyncio
import json
import time
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.live.bus import bus
from alliance.live.frames import written
from alliance.live.hub import Member
from alliance.live.protocol import LINE
from exchanges.queries.rooms import rooms_still_open_to, rooms_visible_to
from members.actions import tickets
from members.queries.accounts import is_live, people_of_sessions

PROTOCOL = 1
REFUSALS_MOST = 5
ROOMS_MOST = 200
CHECKED_EVERY = 1.0  # seconds: a lost right closes the ear within two
LARGEST = 64 * 1024

_ears: set["Ear"] = set()
_watch: asyncio.Task | None = None


class Ear(AsyncWebsocketConsumer):
    """One open socket."""

    async def connect(self):
        self.rooms: set[int] = set()
        self.refusals = 0
        self.typed_at: dict[int, float] = {}
        self.person, self.session_key, self.language = await self._known()
        if self.person is None:
            # Accepted first, so that the client reads our code and not a failed handshake.
            await self.accept()
            await self.close(code=4401)
            return
        line = self.scope.get("extensions", {}).get(LINE)
        self.member = Member(lambda text: self.send(text_data=text), lambda code: self.close(code=code), line)
        await self.accept()
        self.member.hear(json.dumps({"event": "hello", "protocol": PROTOCOL, "data": {"protocol": PROTOCOL}}).encode())
        hub = bus().hub
        hub.join(f"person.{self.person.pk}", self.member)
        if self.session_key:
            hub.join(f"session.{self.session_key}", self.member)
        _ears.add(self)
        _begin()

    async def _known(self):
        """(person, session key, language) by ticket or by session, for an Origin that is ours."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.scope["headers"]}
        query = parse_qs(self.scope["query_string"].decode("latin-1", "replace")[:2000])
        language = _language(headers.get("accept-language", ""))
        origin = headers.get("origin")
        raw = query.get("ticket", [""])[0]
        if origin is not None and origin not in _origins(headers.get("host", "")):
            return None, "", language
        if raw:
            found = await database_sync_to_async(tickets.redeem)(raw)
            return (*found, found[0].language) if found else (None, "", language)
        person = self.scope.get("user")
        if origin is None or person is None or not person.is_authenticated or not person.is_active:
            return None, "", language
        return person, self.scope["session"].session_key or "", person.language

    async def disconnect(self, code):
        _ears.discard(self)
        if hasattr(self, "member"):
            self.member.closed = True
            bus().hub.leave_all(self.member)

    async def receive(self, text_data=None, bytes_data=None):
        try:
            given = json.loads(text_data) if text_data and len(text_data) <= LARGEST else None
        except (ValueError, RecursionError):
            given = None
        if isinstance(given, dict) and len(given) == 1:
            verb, about = next(iter(given.items()))
            if verb in ("watch", "unwatch") and _are_ids(about):
                await (self.watch(about) if verb == "watch" else self.unwatch(about))
                return
            if verb == "typing" and _are_ids([about]):
                self.typing(about)
                return
        await self.refuse(_("We do not understand this frame."))

    async def watch(self, ids: Iterable[int]):
        """Hear these rooms; one that the person is not in is refused, like one that does not exist."""
        wanted = set(ids)
        allowed = await database_sync_to_async(self._allowed)(wanted)
        for room in allowed:
            if len(self.rooms) < ROOMS_MOST:
                self.rooms.add(room)
                bus().hub.join(f"room.{room}", self.member)
                bus().publish(f"room.{room}", written("person.present", {"person": self.person.pk}, room=room))
        if wanted - allowed:
            await self.refuse(_("You are in no such room."))

    def _allowed(self, ids: set[int]) -> set[int]:
        return set(rooms_visible_to(self.person).filter(pk__in=ids).values_list("pk", flat=True))

    async def unwatch(self, ids: Iterable[int]):
        for room in set(ids) & self.rooms:
            self.rooms.discard(room)
            bus().hub.leave(f"room.{room}", self.member)

    def typing(self, room: int) -> None:
        """Somebody is writing: told at most once a second for each person and room."""
        now = time.monotonic()
        if room in self.rooms and now - self.typed_at.get(room, 0) >= 1:
            self.typed_at[room] = now
            bus().publish(f"room.{room}", written("person.typing", {"person": self.person.pk}, room=room))

    async def refuse(self, detail: str):
        """Say what was wrong; the fifth time, end the socket."""
        self.refusals += 1
        with translation.override(self.language):
            self.member.hear(json.dumps({"event": "refused", "detail": str(_(detail))}, ensure_ascii=False).encode())
        if self.refusals >= REFUSALS_MOST:
            self.member.end(4400)

    def keep(self, rooms: set[int]) -> None:
        """Of the rooms that are heard, only these remain."""
        for room in self.rooms - rooms:
            bus().hub.leave(f"room.{room}", self.member)
            self.member.hear(written("room.left", {"room": room}, room=room))
        self.rooms &= rooms


def _are_ids(about) -> bool:
    return isinstance(about, list) and len(about) <= ROOMS_MOST and all(type(each) is int and 0 < each < 2**53 for each in about)


def _origins(host: str) -> set[str]:
    """Where a page of ours may come from: the address we are known by, and the one that was called."""
    known = set(settings.CSRF_TRUSTED_ORIGINS) | {settings.BASE_URL}
    name = urlsplit(f"//{host}").hostname or ""
    return known | ({f"http://{host}", f"https://{host}"} if name in settings.ALLOWED_HOSTS else set())


def _language(accepted: str) -> str:
    first = accepted.split(",")[0].split("-")[0].strip().lower()
    return first if first in dict(settings.LANGUAGES) else "en"


def obey(order: str, group: str, *_facts: int) -> None:
    """An order from elsewhere: close the sockets of a group, or let them be checked now."""
    members = bus().hub.groups.get(group, set())
    if order == "close":
        for member in list(members):
            member.end(4401)
    else:
        asyncio.ensure_future(_check([ear for ear in _ears if ear.member in members]))


def _begin() -> None:
    """One watch for all sockets of this process, on its loop."""
    global _watch
    loop = asyncio.get_running_loop()
    if _watch is None or _watch.done() or _watch.get_loop() is not loop:
        bus().start(loop, obey)
        _watch = loop.create_task(_watching())


async def _watching() -> None:
    while True:
        await asyncio.sleep(CHECKED_EVERY)
        try:
            await _check(list(_ears))
        except Exception:  # noqa: BLE001 - the next round asks again
            await asyncio.sleep(CHECKED_EVERY)


async def _check(ears: list[Ear]) -> None:
    """Who may no longer listen, stops: a few queries for all sockets together, whoever changed the rights."""
    ears = [ear for ear in ears if not ear.member.closed]
    if not ears:
        return
    people = {ear.person.pk for ear in ears}
    sessions = {ear.session_key for ear in ears if ear.session_key}
    alive, owners, rooms = await database_sync_to_async(_rights)(people, sessions)
    for ear in ears:
        if ear.person.pk not in alive or (ear.session_key and owners.get(ear.session_key) != ear.person.pk):
            ear.member.end(4401)
        else:
            ear.keep(rooms.get(ear.person.pk, set()))


def _rights(people: set[int], sessions: set[str]):
    return is_live(people), people_of_sessions(sessions, SessionStore), rooms_still_open_to(people)
