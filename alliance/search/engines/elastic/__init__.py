"""Elasticsearch 8 or 9. Nobody but this folder knows it."""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from elasticsearch import Elasticsearch

from alliance.errors import Unavailable
from alliance.languages.folding import fold
from alliance.languages.stemming import LONGEST

from ...index import Document
from ...words import Sought, sought
from .. import Answer, Question
from ..asking import marked
from . import question as asking
from . import shapes
from .indices import NOT_THERE, Indices, names
from .line import PATIENCE, Line

BEGUN_LEAST, BEGUN_MOST = 2, 24  # letters of a word half typed; words of titles that it may become
BEGUN_READ = 1000  # of so many words the shortest are taken
SPOKEN_FOR = 10.0  # seconds for which the languages of the index are believed
BATCH = 200  # documents sent in one go
CONFLICT = 409


class Elastic:
    """See alliance.search.engines.Engine.

    While an index is built beside the one in use, whatever is put or dropped goes to both, in one request, which Elasticsearch
    reads before or after the swap and never in between. `at_once`: what is put is found at once, for tests.
    """

    name = "elastic"

    def __init__(self, url: str, *, name: str = "alliance", at_once: bool = False):
        self.line = Line(url)
        self.indices = Indices(name)
        self.at_once = at_once
        self._spoken: tuple[float, frozenset[str]] = (0.0, frozenset())
        self._lock = threading.Lock()

    # --- keeping ----------------------------------------------------------------------------------------------------

    def put(self, documents: Iterable[Document]) -> None:
        waiting = iter(documents)
        with self.line.working() as client:
            while batch := list(islice(waiting, BATCH)):
                self._write(client, [_put(document) for document in batch])

    def drop(self, kind: str, id: int, version: int) -> None:
        with self.line.working() as client:
            if version:
                self._write(client, [_dropped(kind, id, shapes.dropped_version(version))])
                return
            while True:  # up to the version that is kept, which may change meanwhile
                found = self._version(client, shapes.number_of(kind, id))
                if found % 2 or self._write(client, [_dropped(kind, id, found + 1)]):
                    return

    def _version(self, client: Elasticsearch, number: str) -> int:
        """The external version of a thing, 0 when it is not known."""
        known = client.options(ignore_status=NOT_THERE).get(index=self.indices.used, id=number, source=False)
        return int(known.get("_version", 0)) if known.get("found") else 0

    def _write(self, client: Elasticsearch, written: Sequence[tuple[dict, dict]]) -> bool:
        """Send to the index in use and to the one that is being built. False when one was known better.

        An index is never made by writing to it: a missing one is made first, with its mapping.
        """
        both = (self.indices.used, self.indices.next)
        operations = [part for alias in both for head, source in written for part in (_to(head, alias), source)]
        for _try in range(3):
            answers = _sent(client, operations, refresh=self.at_once)
            statuses = [answer["status"] for answer in answers]
            here, beside = statuses[: len(written)], statuses[len(written) :]
            if NOT_THERE in here:
                self.indices.begin(client)
                continue
            for answer in answers:
                if answer["status"] >= 300 and answer["status"] not in (CONFLICT, NOT_THERE):
                    raise _refused(answer)
            self._forget_spoken()
            return CONFLICT not in (*here, *beside)
        raise Unavailable(_("Search is resting."), part="search")

    def clear(self) -> None:
        with self.line.working() as client:
            self.indices.swap(client, self.indices.make(client, built=False))
        self._forget_spoken()

    def rebuild(self, documents: Iterable[Document]) -> dict[str, int]:
        """See Engine. One that begins while another is under way takes its place: the first gives up."""
        with self.line.working() as client:
            self.indices.clear_away(client)
            made = self.indices.make(client, built=True)
            client.indices.put_alias(index=made, name=self.indices.next)
            try:
                counts = self._fill(client, documents)
                self._remember_dropped(client, made)
                client.indices.refresh(index=made)
                self.indices.swap(client, made)
            except BaseException:
                client.options(ignore_status=NOT_THERE).indices.delete(index=made)
                raise
            self.indices.clear_away(client)
        self._forget_spoken()
        return dict(counts)

    def _fill(self, client: Elasticsearch, documents: Iterable[Document]) -> Counter[str]:
        counts: Counter[str] = Counter()
        waiting = iter(documents)
        while batch := list(islice(waiting, BATCH)):
            operations = [part for head, source in map(_put, batch) for part in (_to(head, self.indices.next), source)]
            for answer in _sent(client, operations, refresh=False):
                if answer["status"] == NOT_THERE:
                    raise Unavailable(_("Search is resting."), part="search")
                if answer["status"] >= 300 and answer["status"] != CONFLICT:
                    raise _refused(answer)
            counts.update(document.kind for document in batch)
        return counts

    def _remember_dropped(self, client: Elasticsearch, made: str) -> None:
        """What was dropped stays dropped: a late put must not bring it back."""
        old = self.indices.in_use(client)
        if old:
            client.indices.refresh(index=old)
            client.reindex(
                source={"index": old, "query": {"term": {"gone": True}}},
                dest={"index": made, "version_type": "external"},
                conflicts="proceed",
                refresh=True,
            )

    def remove(self) -> None:
        """Everything of this name, for tests."""
        with self.line.working() as client:
            self.indices.remove(client)

    def tidy(self) -> None:
        """Elasticsearch merges by itself."""

    def state(self) -> str:
        """ok, degraded when our index is not there (none was made, or only by another version), or down."""
        try:
            with self.line.working(PATIENCE) as client:
                return "ok" if client.indices.exists_alias(name=self.indices.used) else "degraded"
        except Unavailable:
            return "down"

    def built(self) -> bool:
        with self.line.working() as client:
            found = client.options(ignore_status=NOT_THERE).indices.get_mapping(index=self.indices.used)
            return any(found[name]["mappings"].get("_meta", {}).get("built") for name in names(found))

    def empty(self) -> bool:
        with self.line.working() as client:
            found = client.options(ignore_status=NOT_THERE).count(index=self.indices.used)
            return not found.get("count", 0)

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask(self, question: Question) -> Answer:
        asked = sought(question.text, question.lang, expand=question.expand)
        if question.text.strip() and not asked.wanted and not asked.unwanted:
            return Answer(0, [])
        with self.line.asking() as client:
            begun = self._begun(client, asked)
            body = asking.body(question, asked, begun, self._languages(client))
            found = client.search(index=self.indices.used, **_parameters(body))
        return _answer(found, question, asked, begun)

    def _begun(self, client: Elasticsearch, asked: Sought) -> dict[str, list[str]]:
        """Stems, by language, of the words in titles that begin with the question's last word, unless it is one of them."""
        word = fold(asked.wanted[-1].words[0]) if asked.begun else ""
        if not BEGUN_LEAST <= len(word) <= LONGEST:
            return {}
        told = client.terms_enum(index=self.indices.used, field="begins", string=shapes.clean(word), size=BEGUN_READ)["terms"]
        rows = sorted((row.split(" ") for row in told), key=lambda row: (len(row[0]), row[0]))
        found: dict[str, list[str]] = {}
        for longer, code, stem in rows[:BEGUN_MOST]:
            if longer == word:
                return {}
            if stem not in found.setdefault(code, []):
                found[code].append(stem)
        return found

    def _languages(self, client: Elasticsearch) -> frozenset[str]:
        """The languages that the index holds; asked again now and then, because another process may have put a new one."""
        with self._lock:
            until, spoken = self._spoken
        if time.monotonic() < until:
            return spoken
        told = client.terms_enum(index=self.indices.used, field="languages", string="", size=BEGUN_READ)["terms"]
        spoken = frozenset(told)
        with self._lock:
            self._spoken = (time.monotonic() + SPOKEN_FOR, spoken)
        return spoken

    def _forget_spoken(self) -> None:
        with self._lock:
            self._spoken = (0.0, frozenset())


def _put(document: Document) -> tuple[dict, dict]:
    head = {"_id": shapes.number_of(document.kind, document.id), "version": shapes.kept_version(document.version)}
    return head, shapes.kept(document)


def _dropped(kind: str, pk: int, version: int) -> tuple[dict, dict]:
    return {"_id": shapes.number_of(kind, pk), "version": version}, shapes.tombstone(kind, pk)


def _to(head: dict, alias: str) -> dict:
    return {"index": {**head, "_index": alias, "version_type": "external_gte", "require_alias": True}}


def _sent(client: Elasticsearch, operations: list[dict], *, refresh: bool) -> list[dict]:
    """What Elasticsearch says of each operation of a bulk request."""
    answer = client.bulk(operations=operations, refresh=refresh)
    return [item["index"] for item in answer["items"]]


def _refused(answer: dict) -> Exception:
    if answer["status"] in (429, 503):
        return Unavailable(_("Search is resting."), part="search")
    return RuntimeError(f"Elasticsearch does not take {answer.get('_id')}: {answer.get('error')}")


def _parameters(body: dict[str, Any]) -> dict[str, Any]:
    """A request's body by the names that the client gives its parts."""
    return {{"from": "from_", "_source": "source"}.get(name, name): part for name, part in body.items()}


def _answer(found: Any, question: Question, asked: Sought, begun: dict[str, list[str]]) -> Answer:
    marks: dict[str, frozenset[str]] = {}
    hits = []
    for row in found["hits"]["hits"]:
        source = row["_source"]
        for code in (question.lang, source["source"]):
            if asked.wanted and code not in marks:
                marks[code] = marked(asked, code, begun.get(shapes.field_of(code), ()))
        hits.append(shapes.hit(source, _score(row["_score"]) if asked.wanted else 0.0, question.lang, marks))
    facets = {
        name: {bucket["key"]: bucket["doc_count"] for bucket in found["aggregations"][name]["buckets"] if bucket["key"]}
        for name in asking.FACETS
    }
    return Answer(found["hits"]["total"]["value"], hits, facets, list(asked.expanded) if asked.wanted else [])


def _score(weight: float) -> float:
    """1 to 2 where the question's own words were met, else 0 to 1."""
    exact = weight >= asking.EXACT
    rest = weight - asking.EXACT if exact else weight
    return float(exact) + rest / (rest + 1.0)
