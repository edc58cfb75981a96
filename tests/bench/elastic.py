"""A search page on Elasticsearch over 50,000 generated documents, beside the bare server in the same run. ELASTICSEARCH_URL names it.

PERFORMANCE: a page of 10 hits ≤ 1.1 × the engine's bare answer, ≤ 1.3 × with the re-check in the database. Two bare answers
are measured. The first is the very request that our page sends, its bytes made beforehand, its answer read and thrown away: no
highlights in it, because we mark the words ourselves. The second is the whole page as the server alone would make it, with its
own analysers and its own highlighter: the same documents, filters, total and facets.
"""

import http.client
import os
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import django
import orjson

from .rows import Row
from .search import LANGUAGES, MEMBER, THINGS, _Speech, documents

ROUNDS = 9
QUESTIONS = 42
ANALYSERS = {
    "fr": "french",
    "en": "english",
    "es": "spanish",
    "it": "italian",
    "de": "german",
    "pt": "portuguese",
    "ar": "arabic",
}
PAGE_GOAL, CHECKED_GOAL = "≤ 1.1", "≤ 1.3"


def measure() -> list[Row]:
    """The rows of this measurement; none where no server is named."""
    url = os.environ.get("ELASTICSEARCH_URL", "")
    if not url:
        return []
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    django.setup()
    from django.core.management import call_command

    from alliance.search.engines.elastic import Elastic

    call_command("migrate", verbosity=0)
    name = f"bench-{secrets.token_hex(4)}"
    engine, plain = Elastic(url, name), Plain(url, f"{name}-plain")
    try:
        began = time.perf_counter()
        engine.rebuild(documents())
        print(f"  built {THINGS:,} documents in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        plain.build(documents())
        words = _words()
        two = [" ".join(random.Random(at).sample(words[LANGUAGES[at % 7]], 2)) for at in range(QUESTIONS)]
        common = [words[LANGUAGES[at % 7]][at // 7] for at in range(QUESTIONS)]
        return [
            *_pages("two words", engine, plain, two),
            *_pages("one common word", engine, plain, common),
            *_pages(
                "one word, widened by the thesaurus", engine, plain, ["réfugiés", "water", "Bäume", "energía"] * 5, expand=True
            ),
            *_pages("no words: the newest", engine, plain, [""] * QUESTIONS),
        ]
    finally:
        engine.remove()
        plain.remove()


def _words() -> dict[str, list[str]]:
    from alliance.languages.stemming import is_small

    chance = random.Random(7)
    return {
        code: [word for word in _Speech(code, chance).words[:150] if len(word) > 3 and not is_small(word, code)][:60]
        for code in LANGUAGES
    }


class Bare:
    """One kept connection, and nothing of ours or of the client's between."""

    def __init__(self, url: str):
        split = urlsplit(url)
        self.connection = http.client.HTTPConnection(split.hostname or "", split.port or 9200)

    def send(self, method: str, path: str, body: bytes, kind: str = "json") -> bytes:
        self.connection.request(method, path, body, {"content-type": f"application/{kind}", "accept": "application/json"})
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(said[:500].decode())
        return said


class Plain(Bare):
    """The same documents as one would give them to Elasticsearch by its manual."""

    def __init__(self, url: str, name: str):
        super().__init__(url)
        self.name = name

    def build(self, things: Iterator) -> None:
        keyword = {"type": "keyword"}
        texts = {"properties": {code: {"type": "text", "analyzer": analyser} for code, analyser in ANALYSERS.items()}}
        fields = dict.fromkeys(("kind", "city", "themes", "languages", "audience", "path", "source"), keyword)
        mapping = {"properties": {**fields, "at": {"type": "date"}, "title": texts, "body": texts}}
        settings = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
        self.send("PUT", f"/{self.name}", orjson.dumps({"settings": settings, "mappings": mapping}))
        lines: list[Any] = []
        for thing in things:
            said = {
                "kind": thing.kind, "city": thing.city, "themes": thing.themes, "languages": list(thing.texts), "at": thing.at,
                "audience": sorted(thing.audience), "path": thing.path, "source": thing.source_language,
                "title": {code: text.title for code, text in thing.texts.items()},
                "body": {code: text.body for code, text in thing.texts.items()},
            }  # fmt: skip
            lines += [{"index": {"_id": thing.id}}, said]
            if len(lines) >= 1000:
                self._bulk(lines)
        self._bulk(lines)
        self.send("POST", f"/{self.name}/_refresh", b"")

    def _bulk(self, lines: list[Any]) -> None:
        if lines:
            self.send("POST", f"/{self.name}/_bulk", b"\n".join(map(orjson.dumps, lines)) + b"\n", "x-ndjson")
            lines.clear()

    def page(self, text: str) -> bytes:
        """The request for a page with total, facets and highlights."""
        sought = {"multi_match": {"query": text, "type": "cross_fields", "operator": "and", "fields": ["title.*^10", "body.*"]}}
        said: dict[str, Any] = {
            "size": 10,
            "track_total_hits": True,
            "_source": ["kind", "path", "source", "languages", "title"] + ([] if text else ["body"]),
            "query": {"bool": {"filter": [{"terms": {"audience": sorted(MEMBER)}}], "must": [sought] if text else []}},
            "aggs": {name: {"terms": {"field": name, "size": 200}} for name in ("kind", "languages", "themes", "city")},
        }
        if text:
            marks = {"number_of_fragments": 1, "fragment_size": 240, "no_match_size": 240, "encoder": "html"}
            said["highlight"] = {**marks, "fields": {"body.*": {}}}
        else:
            said["sort"] = [{"at": "desc"}]
        return orjson.dumps(said)

    def remove(self) -> None:
        self.send("DELETE", f"/{self.name}?ignore_unavailable=true", b"")


def _pages(name: str, engine, plain: Plain, texts: list[str], *, expand: bool = False) -> list[Row]:
    """p50 of a first page against both bare answers. What the last word may become is learnt beforehand, as in a running house."""
    from alliance.search import queries
    from alliance.search.engines import Question
    from members.policies.standing import Standing

    member = Standing(user_id=1, roles={5: frozenset({"contributor"})})
    ours, checked, same, alone, found = _table(texts), _table(texts), _table(texts), _table(texts), []

    def page(place: int, question: Question) -> None:
        began = time.perf_counter()
        answer = engine.ask(question)
        asked = time.perf_counter()
        queries.rechecked(member, answer.hits)
        ours[place].append((asked - began) * 1000)
        checked[place].append((time.perf_counter() - began) * 1000)

    for turn in range(ROUNDS):
        for place, text in enumerate(texts):
            question = Question(text, "fr", MEMBER, expand=expand, size=10)
            if not turn:  # fills the caches
                found.append(engine.ask(question).total)
                continue
            bare, path, kind = _request(engine, question)
            whole = plain.page(text)
            each = [
                lambda place=place, question=question: page(place, question),
                lambda place=place, bare=bare, path=path, kind=kind: same[place].append(
                    _timed(plain.send, "POST", path, bare, kind)
                ),
                lambda place=place, whole=whole: alone[place].append(_timed(plain.send, "POST", f"/{plain.name}/_search", whole)),
            ]
            # Whoever asks second finds the server warm from the first: they take turns.
            for ask in each[turn % 3 :] + each[: turn % 3]:
                ask()
    # Of each question the round least disturbed by what else the machine does.
    spent, with_check, request, server = (median(map(min, taken)) for taken in (ours, checked, same, alone))
    detail = f"{spent:.2f} ms, the same request bare {request:.2f}; {median(found):,.0f} found"
    rows = [
        Row(f"elastic page of 10, {name}", spent / request, PAGE_GOAL, detail),
        Row("  … with the re-check in the database", with_check / request, CHECKED_GOAL, f"{with_check:.2f} ms"),
    ]
    if not expand:  # the server by itself knows no thesaurus
        detail = f"the server's own page with its highlighter {server:.2f} ms"
        rows += [
            Row("  … beside the server's own page", spent / server, PAGE_GOAL, detail),
            Row("  … … with the re-check in the database", with_check / server, CHECKED_GOAL, ""),
        ]
    return rows


def _table(texts: list[str]) -> list[list[float]]:
    return [[] for _text in texts]


def _request(engine, question) -> tuple[bytes, str, str]:
    """The bytes that the page of this question is asked with."""
    from alliance.search.engines.elastic import asking
    from alliance.search.words import sought

    asked = sought(question.text, question.lang, expand=question.expand)
    word = asking.half_typed(asked)
    body = asking.body(question, asked, engine._guesses.get(word, {}))
    if not word:
        return orjson.dumps(body), f"/{engine.indices.alias}/_search", "json"
    head = orjson.dumps({"index": engine.indices.alias})
    return b"\n".join([head, orjson.dumps(body), head, asking.vocabulary(word), b""]), "/_msearch", "x-ndjson"


def _timed(what: Callable, *given) -> float:
    """The milliseconds it takes by the clock: most of them are the server's."""
    began = time.perf_counter()
    what(*given)
    return (time.perf_counter() - began) * 1000
