"""The day: people who apply, sign, publish, upload, talk, search and read, until they are told to stop. Each keeps what was accepted."""

import itertools
import json
import threading
import time
import traceback
from collections.abc import Callable
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.journeys.house import ROOT
from tests.journeys.street import Street

from .calling import Caller, Tally, lasting

ACT = {"date": "2026-10-12", "votes_for": 31, "votes_against": 4, "abstentions": 2}
PLACES = json.loads((ROOT / "alliance" / "founding" / "data" / "cities.json").read_text())
SECRETARIAT = "secretariat@network.example"


class Day:
    """The network, who is in it, and what was promised to them."""

    def __init__(self, street: Street):
        self.street, self.tally = street, Tally()
        self.stopped, self.silent = threading.Event(), threading.Event()
        self.broken: list[str] = []
        self.signed: list[str] = []  # slugs
        self.applicants: list[str] = []  # addresses whose city was admitted
        self.practices: dict[int, str] = {}  # id → title
        self.documents: dict[int, tuple[str, bytes]] = {}  # id → title, content
        self.said: dict[str, int] = {}  # text → seq, as it was answered
        self.heard: dict[int, str] = {}  # seq → text, as the listener had it
        self.engines: dict[str, int] = {}
        self._threads: list[threading.Thread] = []
        self._places = iter(PLACES)
        self.secretariat = self.person(SECRETARIAT)
        self.edition = self.secretariat.read("accord/")["sha256"]
        self.city, self.office = self.joined()
        self.other, other_office = self.joined()
        rooms = self.person(self.office)
        self.room = rooms.do(
            "rooms/", {"title": "The day", "audience": {"kind": "cities", "cities": [self.city, self.other]}}, lambda: None
        )["id"]
        self.talkers = (self.office, other_office)

    # --- who -------------------------------------------------------------------------------------------------------------

    def person(self, email: str) -> Caller:
        """A program of this person. The operator's command is repeated while the database rests."""
        token = lasting(lambda: self.street.manage("issue_token", email, "--days", "1", check=False), f"a token for {email}")
        return Caller(self.street.url, self.tally, str(token))

    def begin(self) -> None:
        for act in (self.joining, self.publishing, self.sharing, self.searching, self.reading):
            self._threads.append(self._thread(act))
        self._listener = self._thread(self.listening)
        for number, email in enumerate(self.talkers):
            self._threads.append(self._thread(self.talking, number, email))

    def _thread(self, act: Callable[..., None], *given) -> threading.Thread:
        def run() -> None:
            try:
                act(*given)
            except Exception:  # noqa: BLE001 - told at the end, with everything else
                self.broken.append(f"{act.__name__}: {traceback.format_exc(limit=4)}")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def end(self) -> None:
        """Nothing new is begun; what is under way comes to its end."""
        self.stopped.set()
        for thread in self._threads:
            thread.join(400)
        # The listener hears until the last word is said.
        self.silent.set()
        self._listener.join(60)

    # --- what they do ----------------------------------------------------------------------------------------------------

    def joined(self) -> tuple[str, str]:
        """One city applies, confirms, is admitted and signs. Its slug, and its office's address."""
        place = next(self._places)
        email = f"office@{place['slug']}.example"
        visitor, secretariat = Caller(self.street.url, self.tally), self.secretariat

        def known() -> dict | None:
            rows = secretariat.read("applications/", page_size=100)["results"]
            return next((row for row in rows if row.get("contact_email") == email), None)

        def is_now(state: str) -> dict | None:
            row = known()
            return row if row and row["state"] == state else None

        body = {
            "place": place["geonameid"], "contact_name": "Office", "contact_email": email, "role": "office", "motivation": "We agree.", "language": "en",
        }  # fmt: skip
        number = visitor.do("applications/", body, known)["id"]
        code = self.street.code(email, seconds=300)
        visitor.do(f"applications/{number}/confirm/", {"code": code}, lambda: is_now("awaiting_decision") or is_now("admitted"))
        admitted = secretariat.do(f"applications/{number}/admit/", {"reason": "Welcome."}, lambda: is_now("admitted"))
        slug = admitted.get("slug") or admitted["city"]
        self.applicants.append(email)
        office, mayor = self.person(email), f"mayor@{place['slug']}.example"

        def seat() -> dict | None:
            return next((row for row in office.read("officials/", city=slug)["results"] if row["email"] == mayor), None)

        office.do(
            "officials/", {"city": slug, "email": mayor, "role": "signatory", "language": "en", "until": "2099-01-01"}, seat
        )
        code = self.street.code(mayor, seconds=300)
        visitor.do("officials/accept/", {"code": code}, lambda: (row := seat()) and row.get("from") and row)
        body = {"city": slug, "edition_sha256": self.edition, "deliberation": {**ACT, "reference": f"DC/{slug}"}}
        self.person(mayor).do("accord/signatures/", body, lambda: slug in self.register())
        self.signed.append(slug)
        return slug, email

    def register(self) -> list[str]:
        """The cities of the register, oldest first."""
        return [row["city"] for row in all_of(self.secretariat, "accord/register/")]

    def joining(self) -> None:
        while not self.stopped.is_set():
            try:
                self.joined()
            except StopIteration:
                return

    def publishing(self) -> None:
        office, secretariat = self.person(self.office), self.person(SECRETARIAT)
        for number in itertools.count(1):
            if self.stopped.is_set():
                return
            title = f"Courtyard number{number}day"
            body = {
                "city": self.city, "source_language": "en", "audience": {"kind": "public"}, "title": title, "summary": "Shade.", "context": "Heat.",
                "action": "We planted.", "results": "Shade.", "failed": "Water.", "cost": "Little.",
            }  # fmt: skip
            practice = office.do("practices/", body, lambda title=title: of_title(office, "practices/", title))["id"]
            office.do(
                f"practices/{practice}/submit/",
                None,
                lambda practice=practice: in_state(office, practice, "submitted", "published"),
            )
            secretariat.do(
                f"practices/{practice}/publish/", None, lambda practice=practice: in_state(secretariat, practice, "published")
            )
            self.practices[practice] = title

    def sharing(self) -> None:
        office = self.person(self.office)
        for number in itertools.count(1):
            if self.stopped.is_set():
                return
            title, content = f"Plan number{number}sheet", f"Cistern number{number}water under the yard.\n".encode() * 50
            form = {"city": self.city, "title": title, "source_language": "en", "audience": '{"kind": "public"}'}
            file = ("plan.txt", content, "text/plain")
            document = office.do(
                "documents/", None, lambda title=title: of_title(office, "documents/", title), data=form, files={"file": file}
            )
            self.documents[document["id"]] = (title, content)
            time.sleep(0.5)

    def talking(self, number: int, email: str) -> None:
        person = self.person(email)
        for count in itertools.count(1):
            if self.stopped.is_set():
                return
            text = f"Word {count} of {number}"
            answer = person.do(f"rooms/{self.room}/messages/", {"text": text, "nonce": f"{number}-{count}"}, lambda: None)
            self.said[text] = answer["seq"]
            time.sleep(0.15)

    def searching(self) -> None:
        visitor = Caller(self.street.url, self.tally)
        while not self.stopped.is_set():
            answer = visitor.ask("GET", "/api/v1/search/", params={"q": "courtyard"})
            if answer is not None and answer.status_code == 200:
                name = answer.json()["engine"]
                self.engines[name] = self.engines.get(name, 0) + 1
            visitor.ask("GET", "/fr/search/?q=dignité")
            time.sleep(0.3)

    def reading(self) -> None:
        visitor, office = Caller(self.street.url, self.tally), self.person(self.office)
        pages = ("/fr/", "/ar/charter/", "/en/register/", "/de/cities/", "/it/practices/", f"/es/cities/{self.city}/")
        for page in itertools.cycle(pages):
            if self.stopped.is_set():
                return
            visitor.ask("GET", page)
            office.ask("GET", "/api/v1/me/")
            office.ask("GET", f"/api/v1/rooms/{self.room}/messages/", params={"after": max(self.heard, default=0)})
            time.sleep(0.1)

    def listening(self) -> None:
        """A client as API.md asks for one: the socket first, then what it missed by seq; known ones are dropped."""
        person = self.person(self.talkers[1])
        while not self.silent.is_set():
            ticket = person.ask("POST", "/api/v1/tickets/", json={})
            if ticket is None or ticket.status_code != 201:
                time.sleep(0.5)
                continue
            host = urlsplit(self.street.url).netloc
            try:
                with connect(f"ws://{host}/ws/?ticket={ticket.json()['ticket']}", open_timeout=5) as socket:
                    socket.send(json.dumps({"watch": [self.room]}))
                    self._hear(person, socket)
            except (OSError, TimeoutError, WebSocketException):
                time.sleep(0.3)
        self._refill(person)

    def _hear(self, person: Caller, socket) -> None:
        self._refill(person)
        while not self.silent.is_set():
            try:
                frame = json.loads(socket.recv(2))
            except TimeoutError:
                self._refill(person)  # a quiet line may be a frozen one
                continue
            if frame["event"] in ("hello", "live.resting"):
                self._refill(person)
            elif frame["event"] == "message.posted":
                if frame["seq"] > max(self.heard, default=0) + 1:
                    self._refill(person)
                self.heard[frame["seq"]] = frame["data"]["text"]

    def _refill(self, person: Caller) -> None:
        while True:
            level = next(number for number in itertools.count(1) if number not in self.heard) - 1
            answer = person.ask("GET", f"/api/v1/rooms/{self.room}/messages/", params={"after": level, "page_size": 100})
            if answer is None or answer.status_code != 200 or not (rows := answer.json()["results"]):
                return
            self.heard |= {row["seq"]: row["text"] for row in rows}


def all_of(caller: Caller, path: str, **params) -> list[dict]:
    """Every row of a list, page after page."""
    found, address = [], path
    while address:
        answer = caller.read(address, **({"page_size": 100, **params} if address == path else {}))
        found += answer["results"]
        address = (answer["next"] or "").split("/api/v1/")[-1]
    return found


def of_title(caller: Caller, path: str, title: str) -> dict | None:
    return next((row for row in all_of(caller, path) if row["title"] == title), None)


def in_state(caller: Caller, practice: int, *states: str) -> dict | None:
    row = caller.read(f"practices/{practice}/")
    return row if row["state"] in states else None
