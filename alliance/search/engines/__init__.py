"""What a search engine offers. Which one serves is said by ELASTICSEARCH_URL."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from django.conf import settings

from ..index import Document


@dataclass(frozen=True)
class Question:
    """What is asked. `tokens` are the asker's audience tokens: only things that hold one of them exist for the engine."""

    text: str = ""
    lang: str = "en"
    tokens: frozenset[str] = frozenset({"public"})
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    expand: bool = True
    offset: int = 0
    size: int = 20


@dataclass(frozen=True)
class Hit:
    """One found thing, in the language in which it is shown. `highlight` is HTML: escaped text with <mark>."""

    kind: str
    id: int
    path: str
    title: str
    highlight: str
    shown: str
    source: str
    origin: str
    available: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class Answer:
    """`total` and `facets` (name → {value: count}) count things, not rows, and only those the asker may see."""

    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    expanded: list[dict] = field(default_factory=list)


class Engine(Protocol):
    """The port. Every method may raise alliance.errors.Unavailable(part="search")."""

    name: str

    def put(self, documents: Iterable[Document]) -> None:
        """Keep these; an older version than the one that is kept changes nothing."""

    def drop(self, kind: str, id: int, version: int) -> None:
        """Forget this thing, and anything of it up to `version`."""

    def ask(self, question: Question) -> Answer:
        """Answer."""

    def rebuild(self, documents: Iterable[Document]) -> dict[str, int]:
        """Build aside from all documents and swap, while questions go on. Returns how many of each kind."""

    def state(self) -> str:
        """ok, degraded or down."""


@cache
def _embedded(path: str) -> "Engine":
    from .embedded import Embedded

    return Embedded(path)


def engine() -> "Engine":
    """The engine of this network."""
    return _embedded(str(settings.SEARCH_INDEX))
