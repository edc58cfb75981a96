"""Asking: the engine finds, the database has the last word on who may see it."""

import time

from alliance.errors import Unavailable

from . import thesaurus, words
from .engines import FACETS, VALUES_MOST, Answer, Hit, Question, engine
from .index import INDEXES
from .rechecking import visible


def search(actor, question: Question) -> dict:
    """The answer in the API's shape. Raises Invalid for an over-long question.

    `question.tokens` are the actor's; whatever they let through, only hits that the domain shows to `actor` come back.
    While the engine rests, titles and names from the database answer (`engine: "reduced"`).
    """
    words.checked(question.text)
    began = time.perf_counter()
    try:
        used = engine()
        answer, name = used.ask(question), used.name
    except Unavailable:
        answer, name = reduced(actor, question), "reduced"
    hits = rechecked(actor, answer.hits)
    return {
        "total": max(answer.total - (len(answer.hits) - len(hits)), 0),
        "took_ms": round((time.perf_counter() - began) * 1000, 1),
        "engine": name,
        "expanded": answer.expanded,
        "facets": {facet: _rows(facet, answer.facets.get(facet, {}), question.lang) for facet in FACETS},
        "results": [_result(hit, question.lang) for hit in hits],
    }


def rechecked(actor, hits: list[Hit]) -> list[Hit]:
    """Only hits that the domains' own visibility still holds."""
    wanted: dict[str, list[int]] = {}
    for hit in hits:
        if hit.kind in INDEXES:
            wanted.setdefault(hit.kind, []).append(hit.id)
    seen = visible(actor, wanted)
    return [hit for hit in hits if (hit.kind, hit.id) in seen]


def reduced(actor, question: Question) -> Answer:
    """Titles and names only, from the database, for the time that the engine rests.

    By name nobody can tell a thing's themes or city: a question narrowed to those finds nothing meanwhile.
    """
    text = "" if question.themes or question.targets or question.cities else question.text.strip()
    hits = [
        hit
        for kind, index in sorted(INDEXES.items())
        if text and (not question.kinds or kind in question.kinds)
        for hit in index.named(actor, text, question.lang)
        if not question.languages or not set(question.languages).isdisjoint(hit.available)
    ]
    return Answer(total=len(hits), hits=hits[question.page])


def _rows(facet: str, counts: dict[str, int], language: str) -> list[dict]:
    rows: list[dict] = [{"value": value, "count": count} for value, count in counts.items()]
    if facet == "theme":
        rows = [{**row, "label": thesaurus.label(row["value"], language)} for row in rows]
    return sorted(rows, key=lambda row: (-row["count"], row["value"]))[:VALUES_MOST]


def _result(hit: Hit, asked: str) -> dict:
    return {
        "kind": hit.kind,
        "id": hit.id,
        "url": f"/{asked}{hit.path}",
        "title": hit.title,
        "highlight": hit.highlight,
        "language": {
            "shown": hit.shown,
            "asked": asked,
            "source": hit.source,
            "origin": hit.origin,
            "stale": hit.stale,
            "available": list(hit.available),
        },
        "score": hit.score,
    }
