"""What happens between the cities."""

from dataclasses import dataclass

from alliance.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class PracticeEvent(Event):
    """Something happened to a practice."""

    practice_id: int
    city_id: int

    @property
    def subject(self) -> str:
        return f"practice:{self.practice_id}"


@dataclass(frozen=True, kw_only=True)
class PracticeDrafted(PracticeEvent):
    """A city began to describe a practice."""

    name = "practice.drafted"
    language: str


@dataclass(frozen=True, kw_only=True)
class PracticeEdited(PracticeEvent):
    """A city changed a practice; `fields` names what."""

    name = "practice.edited"
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class PracticeTranslated(PracticeEvent):
    """A practice was put into another language."""

    name = "practice.translated"
    language: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class PracticeSubmitted(PracticeEvent):
    """A city handed a practice to the secretariat."""

    name = "practice.submitted"


@dataclass(frozen=True, kw_only=True)
class PracticePublished(PracticeEvent):
    """The secretariat published a practice."""

    name = "practice.published"


@dataclass(frozen=True, kw_only=True)
class PracticeReturned(PracticeEvent):
    """The secretariat gave a practice back, with a reason."""

    name = "practice.returned"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PracticeWithdrawn(PracticeEvent):
    """A city took its practice back."""

    name = "practice.withdrawn"


@dataclass(frozen=True, kw_only=True)
class PracticeTransferred(PracticeEvent):
    """Another city took a practice up. `city_id` is the practice's own, `by_city_id` the one that took it up."""

    name = "practice.transferred"
    by_city_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentEvent(Event):
    """Something happened to a document."""

    document_id: int
    city_id: int

    @property
    def subject(self) -> str:
        return f"document:{self.document_id}"


@dataclass(frozen=True, kw_only=True)
class DocumentShared(DocumentEvent):
    """A city shared a document."""

    name = "document.shared"


@dataclass(frozen=True, kw_only=True)
class VersionAdded(DocumentEvent):
    """A document has a new file; it is checked before anybody can fetch it."""

    name = "document.version_added"
    version: int


@dataclass(frozen=True, kw_only=True)
class VersionReady(DocumentEvent):
    """A file was checked and can be fetched."""

    name = "document.ready"
    version: int


@dataclass(frozen=True, kw_only=True)
class VersionQuarantined(DocumentEvent):
    """A file was checked and put into quarantine."""

    name = "document.quarantined"
    version: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class DocumentEdited(DocumentEvent):
    """A document’s title or audience changed."""

    name = "document.edited"
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class DocumentRemoved(DocumentEvent):
    """A city took its document back."""

    name = "document.removed"


@dataclass(frozen=True, kw_only=True)
class RoomEvent(Event):
    """Something happened to a room."""

    room_id: int

    @property
    def subject(self) -> str:
        return f"room:{self.room_id}"


@dataclass(frozen=True, kw_only=True)
class RoomOpened(RoomEvent):
    """A room was opened."""

    name = "room.opened"
    city_id: int


@dataclass(frozen=True, kw_only=True)
class RoomJoined(RoomEvent):
    """A person was added to a room."""

    name = "room.joined"
    person_id: int


@dataclass(frozen=True, kw_only=True)
class RoomLeft(RoomEvent):
    """A person left a room or was taken out of it."""

    name = "room.left"
    person_id: int


@dataclass(frozen=True, kw_only=True)
class RoomClosed(RoomEvent):
    """A room was closed: it can be read, not written."""

    name = "room.closed"


@dataclass(frozen=True, kw_only=True)
class MessageEvent(Event):
    """Something happened to a message."""

    message_id: int
    room_id: int
    seq: int

    @property
    def subject(self) -> str:
        return f"message:{self.message_id}"


@dataclass(frozen=True, kw_only=True)
class MessagePosted(MessageEvent):
    """Somebody said something in a room."""

    name = "message.posted"


@dataclass(frozen=True, kw_only=True)
class MessageEdited(MessageEvent):
    """An author changed a message; `before` keeps the earlier words."""

    name = "message.edited"
    before: str


@dataclass(frozen=True, kw_only=True)
class MessageRemoved(MessageEvent):
    """A message was removed, by its author or by moderation."""

    name = "message.removed"
    by_moderation: bool


@dataclass(frozen=True, kw_only=True)
class MessageRestored(MessageEvent):
    """Moderation put a removed message back."""

    name = "message.restored"


@dataclass(frozen=True, kw_only=True)
class ReactionChanged(MessageEvent):
    """Somebody put a sign under a message or took it away."""

    name = "reaction.changed"


@dataclass(frozen=True, kw_only=True)
class ReportEvent(Event):
    """Something happened to a report."""

    report_id: int
    about: str

    @property
    def subject(self) -> str:
        return f"report:{self.report_id}"


@dataclass(frozen=True, kw_only=True)
class ReportMade(ReportEvent):
    """A member reported something."""

    name = "report.made"


@dataclass(frozen=True, kw_only=True)
class ReportDecided(ReportEvent):
    """A moderator decided on a report."""

    name = "report.decided"
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ReportUndone(ReportEvent):
    """A moderator undid a decision."""

    name = "report.undone"
