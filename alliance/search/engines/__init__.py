"""What a search engine offers. Which one serves is said by ELASTICSEARCH_URL."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple, Protocol

from django.conf import settings

from ..index import Document

FACETS = ("kind", "language", "theme", "city")
MOST = 100  # hits of one answer
FURTHEST = 10_000  # hits that may be passed over
VALUES_MOST = 50  # values of a facet that are told


@dataclass(frozen=True)
class Question:
    """What is asked. `tokens` are the asker's audience tokens: only things that hold one of them exist for the engine.

    Within `kinds`, `languages`, `themes`, `cities`, `targets` any one is enough, and each that is not empty must be met.
    `languages`: the thing exists in it. `themes`: with all that is part of them. No words at all: the newest things.
    """

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

    @property
    def page(self) -> slice:
        """The hits that are asked for, within reason."""
        first = min(max(self.offset, 0), FURTHEST)
        return slice(first, first + min(max(self.size, 0), MOST))


class Hit(NamedTuple):
    """One found thing, in the language in which it is shown: the asker's where it exists, else the one it was written in.

    `highlight` is HTML: escaped text with <mark>. `score` is 1 and more where the question's own words were met.
    """

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
    stale: bool = False


@dataclass(frozen=True)
class Answer:
    """`total` and `facets` (name → {value: count}) count things, not rows, and only those the asker may see.

    Of a facet at least the VALUES_MOST values that most things have.

    The facet `language` counts a thing under every language it exists in.
    """

    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]] = field(default_factory=lambda: {facet: {} for facet in FACETS})
    expanded: list[dict] = field(default_factory=list)


class Engine(Protocol):
    """The port. Every method may raise alliance.errors.Unavailable(part="search")."""

    name: str

    def put(self, documents: Iterable[Document]) -> None:
        """Keep these. Ignored: an older version than the one that is kept, and any version up to one that was dropped."""

    def drop(self, kind: str, id: int, version: int) -> None:
        """Forget this thing up to `version` (0: up to the version that is kept), and remember that it was forgotten."""

    def ask(self, question: Question) -> Answer:
        """Answer."""

    def clear(self) -> None:
        """Forget everything."""

    def rebuild(self, documents: Iterable[Document]) -> dict[str, int]:
        """Build aside from all documents and swap, while questions go on. Returns how many of each kind.

        What is put or dropped meanwhile is there after the swap too.
        """

    def tidy(self) -> None:
        """What an engine does by night to stay quick."""

    def state(self) -> str:
        """ok, degraded (it has to be rebuilt) or down."""

    def empty(self) -> bool:
        """Whether nothing was ever put or dropped."""

    def built(self) -> bool:
        """Whether it was ever built from everything: a new index was not, nor one that takes the place of a lost one."""


@cache
def _embedded(path: str) -> "Engine":
    from .embedded import Embedded

    return Embedded(path)


@cache
def _elastic(url: str, name: str, at_once: bool) -> "Engine":
    from .elastic import Elastic

    return Elastic(url, name, at_once=at_once)


def engine() -> "Engine":
    """The engine of this network."""
    if settings.ELASTICSEARCH_URL:
        return _elastic(settings.ELASTICSEARCH_URL, settings.SHARED_NAME, settings.SEARCH_AT_ONCE)
    return _embedded(str(settings.SEARCH_INDEX))
