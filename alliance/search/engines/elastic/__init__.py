"""Elasticsearch, version 8 or 9, behind the same port. Nothing outside this package knows it."""

import re
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from alliance.errors import Unavailable

from ...index import Document
from ...words import Sought, sought
from .. import FACETS, Answer, Hit, Question
from ..asking import marked
from ..showing import excerpt
from . import asking, shape
from .generations import Action, Generations
from .server import PAGE, Fault, Missing, Server, resting

STATE = 0.5  # seconds that the question how it is may take
GUESSES_MOST = 2_000


class Elastic:
    """See alliance.search.engines.Engine. `at_once`: what is written is found at once, not within a second (for tests)."""

    name = "elasticsearch"

    def __init__(self, url: str, name: str = "alliance", *, at_once: bool = False):
        self.server = Server(url)
        self.indices = Generations(self.server, re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-"), at_once=at_once)
        self._guesses: OrderedDict[str, asking.Begun] = OrderedDict()

    # --- keeping ----------------------------------------------------------------------------------------------------

    def put(self, documents: Iterable[Document]) -> None:
        actions = [_kept(document) for document in documents]
        if actions:
            self.indices.write(actions)
        else:
            self.indices.targets()

    def drop(self, kind: str, id: int, version: int) -> None:
        name = shape.key(kind, id)
        known = 0 if version else max(self._version_in(target, name) for target in self.indices.targets())
        self.indices.write([(name, max(shape.version_of(version, gone=True), known | 1), shape.gone(kind, id))])

    def _version_in(self, target: str, name: str) -> int:
        """The doubled version of a thing in one index, 0 when it is not known there."""
        return self.server.call("GET", f"/{target}/_doc/{quote(name, safe='')}?_source=false", fine=(404,)).get("_version", 0)

    def clear(self) -> None:
        self.indices.begin_anew()

    def rebuild(self, documents: Iterable[Document]) -> dict[str, int]:
        counts: Counter[str] = Counter()

        def actions() -> Iterator[Action]:
            for document in documents:
                counts[document.kind] += 1
                yield _kept(document)

        self.indices.build(actions())
        return dict(counts)

    def tidy(self) -> None:
        """Elasticsearch merges by itself; what a broken-off rebuild left is removed."""
        self.indices.tidy()

    def remove(self) -> None:
        """Take away every index of this name, of every version."""
        self.indices.remove()

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask(self, question: Question) -> Answer:
        asked = sought(question.text, question.lang, expand=question.expand)
        if question.text.strip() and not asked.wanted and not asked.unwanted:
            return Answer(0, [])
        until = time.monotonic() + PAGE
        try:
            found, begun = self._found(question, asked, until)
        except Missing:  # swapped in between, or not built yet
            try:
                found, begun = self._found(question, asked, until)
            except Missing:
                raise resting() from Fault(
                    "There is no search index yet; it is built by itself within minutes, or by manage.py reindex."
                )
        return Answer(
            total=found["hits"]["total"]["value"],
            hits=_hits(found["hits"]["hits"], question, asked, begun),
            facets={facet: {one["key"]: one["doc_count"] for one in found["aggregations"][facet]["buckets"]} for facet in FACETS},
            expanded=list(asked.expanded),
        )

    def _found(self, question: Question, asked: Sought, until: float) -> tuple[dict, asking.Begun]:
        """The engine's answer, and what the last word may become.

        Whether it is half typed, the vocabulary says, asked in the same request. We guess that it says what it said last time
        (at first: that the word is whole), and ask again only when that was wrong.
        """
        word = asking.half_typed(asked)
        if not word:
            return self._search([asking.body(question, asked, {})], until)[0], {}
        guess = self._guesses.get(word, {})
        found, held = self._search([asking.body(question, asked, guess), asking.vocabulary(word)], until)
        begun = asking.goes_on(word, held["aggregations"]["begun"]["buckets"])
        if begun != guess:
            self._guesses[word] = begun
            while len(self._guesses) > GUESSES_MOST:
                self._guesses.popitem(last=False)
            found = self._search([asking.body(question, asked, begun)], until)[0]
        return found, begun

    def _search(self, bodies: list[dict[str, Any] | bytes], until: float) -> list[dict]:
        seconds = max(until - time.monotonic(), 0.1)
        if len(bodies) == 1:
            path = f"/{self.indices.alias}/_search?allow_partial_search_results=false"
            return [self.server.call("POST", path, bodies[0], seconds=seconds)]
        head = {"index": self.indices.alias, "allow_partial_search_results": False}
        lines = [line for body in bodies for line in (head, body)]
        answers = self.server.call("POST", "/_msearch", lines=lines, seconds=seconds)["responses"]
        for answer in answers:
            if answer.get("error"):
                self.server.refused(answer.get("status", 500), answer)
        return answers

    # --- how it is --------------------------------------------------------------------------------------------------

    def state(self) -> str:
        try:
            return "ok" if self.indices.serving(seconds=STATE) else "degraded"
        except Unavailable:
            return "down"

    def built(self) -> bool:
        serving = self.indices.serving()
        return serving is not None and serving.built

    def empty(self) -> bool:
        path = f"/{self.indices.alias}/_search?size=0&terminate_after=1&filter_path=hits.total"
        try:
            return self.server.call("GET", path, seconds=PAGE)["hits"]["total"]["value"] == 0
        except Missing:
            return True


def _kept(document: Document) -> Action:
    return shape.key(document.kind, document.id), shape.version_of(document.version, gone=False), shape.source(document)


def _hits(rows: list[dict], question: Question, asked: Sought, begun: asking.Begun) -> list[Hit]:
    """The rows of one page as they are shown."""
    marks: dict[str, frozenset[str]] = {}
    hits = []
    for row in rows:
        kept = row["_source"]
        known, available = kept["shown"], tuple(kept["languages"])
        shown = question.lang if question.lang in available else known["first"] or kept["source"]
        title, body = known.get("texts", {}).get(shown) or known["own"]
        if shown not in marks:
            field = shown if shown in shape.FIELDS else shape.OTHER
            marks[shown] = marked(asked, shown, begun.get(field, ())) if asked.wanted else frozenset()
        origin = "original" if shown == kept["source"] else known["states"].get(shown, "human")
        hits.append(
            Hit(
                kind=kept["kind"], id=kept["pk"], path=kept["path"], title=title, highlight=excerpt(body, shown, marks[shown]),
                shown=shown, source=kept["source"], origin=origin, available=available, score=_score(row["sort"][0], asked),
                stale=shown in known["stale"],
            )
        )  # fmt: skip
    return hits


def _score(weight: float, asked: Sought) -> float:
    """The engine's weight as we tell it: from 1 to 2 where the question's own words are met, below 1 for another name."""
    if not asked.wanted:
        return 0.0
    own = not asked.spans or weight >= asking.ABOVE
    weight -= asking.ABOVE if asked.spans and own else 0.0
    return round(own + weight / (weight + 1.0), 4)
