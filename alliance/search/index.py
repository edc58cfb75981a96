"""What can be found. Each domain declares its indexes in its own search.py; the index follows the ledger."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alliance.ledger.actions import durable
from alliance.ledger.events import Event

INDEXES: dict[str, type["Index"]] = {}
FOREVER = 2**62  # the version of what is no longer there: a row's number is never given again


@dataclass(frozen=True, slots=True)
class Text:
    """One language's words of a thing: the title weighs more than the body."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Document:
    """One findable thing, in every language it exists in.

    `audience` holds tokens: "public", "members", "staff", "city:5", "room:7", "person:3"; a person finds the thing when one
    of theirs is among them. `version` grows with every change, so that a late refresh never overwrites a newer one.
    """

    kind: str
    id: int
    version: int
    source_language: str
    texts: dict[str, Text]
    audience: frozenset[str]
    path: str  # within the site, without the language: "/practices/open-schoolyards/"
    themes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    city: str = ""  # slug
    at: datetime | None = None
    states: dict[str, str] = field(default_factory=dict)  # language → original | human | machine | checked
    stale: frozenset[str] = frozenset()  # languages whose text is older than the source's present wording


class Index:
    """One kind of findable thing. `kind` is the left half of an event's subject."""

    kind: str

    def __init_subclass__(cls) -> None:
        INDEXES[cls.kind] = cls

    @classmethod
    def queryset(cls):
        """Every thing that may be found by somebody, with what `document` needs already fetched."""
        raise NotImplementedError

    @classmethod
    def document(cls, thing) -> Document:
        """The thing as the engines keep it."""
        raise NotImplementedError

    @classmethod
    def visible_to(cls, actor):
        """The domain's own visibility queryset, for the re-check of hits in the database.

        For a Standing its SQL depends on the Standing alone, never on the clock: it is built once and used again.
        """
        raise NotImplementedError

    @classmethod
    def version_of(cls, pk: int) -> int:
        """The version of a thing that may not be found; 0 when its rows bear none, FOREVER when there is no such row."""
        row = cls.queryset().model._base_manager.filter(pk=pk).first()
        return FOREVER if row is None else getattr(row, "version", 0)

    @classmethod
    def named(cls, actor, text: str, language: str) -> list:
        """Hits by title or name alone, from the database, for the time that the engine rests."""
        return []

    @classmethod
    def moved_by(cls, event: Event) -> Iterable[int]:
        """Ids of this kind that an event of another kind changed too (a city's new name moves its practices)."""
        return ()


def stale_in(source: str, states: Mapping[str, Any], wording: int) -> frozenset[str]:
    """The languages whose text is older than the source's present wording (see alliance.languages.state.Worded)."""
    return frozenset(code for code, known in states.items() if code != source and known.get("of", wording) < wording)


@durable
def follow(event: Event) -> None:
    """Ledger listener: whatever an event touched is brought level with the database by a task of the same transaction."""
    from .tasks import refresh

    kind, _, pk = event.subject.partition(":")
    touched = [(kind, int(pk))] if kind in INDEXES else []
    for index in INDEXES.values():
        touched += [(index.kind, moved) for moved in index.moved_by(event)]
    for kind, thing in dict.fromkeys(touched):
        refresh.enqueue(kind, thing)


def everything() -> Iterator[Document]:
    """Every findable thing, kind after kind."""
    for _kind, index in sorted(INDEXES.items()):
        for thing in index.queryset().order_by("pk").iterator(chunk_size=500):
            yield index.document(thing)
