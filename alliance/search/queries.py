"""Asking: the engine finds, the database has the last word on who may see it."""

import time
from dataclasses import asdict

from django.utils.translation import gettext as _

from alliance.errors import Invalid, Unavailable

from . import thesaurus
from .engines import Answer, Question, engine
from .index import INDEXES

MOST = 200  # characters of a question


def search(actor, question: Question) -> dict:
    """The answer in the API's shape. A resting engine is replaced by titles and names from the database (`engine: "reduced"`)."""
    if len(question.text) > MOST:
        raise Invalid(_("Please use at most %(most)s characters.") % {"most": MOST}, field="q")
    began = time.perf_counter()
    try:
        used = engine()
        answer, name = used.ask(question), used.name
    except Unavailable:
        answer, name = reduced(actor, question), "reduced"
    hits = _rechecked(actor, answer)
    return {
        "total": max(answer.total - (len(answer.hits) - len(hits)), 0),
        "took_ms": round((time.perf_counter() - began) * 1000, 1),
        "engine": name,
        "expanded": answer.expanded,
        "facets": {facet: _rows(facet, counts, question.lang) for facet, counts in answer.facets.items()},
        "results": [_result(hit, question.lang) for hit in hits],
    }


def _rechecked(actor, answer: Answer) -> list:
    """Only hits that the domains' own visibility still holds: one query for each kind on the page."""
    seen: dict[str, set[int]] = {}
    for kind in {hit.kind for hit in answer.hits}:
        ids = [hit.id for hit in answer.hits if hit.kind == kind]
        seen[kind] = (
            set(INDEXES[kind].visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True)) if kind in INDEXES else set()
        )
    return [hit for hit in answer.hits if hit.id in seen[hit.kind]]


def _rows(facet: str, counts: dict[str, int], language: str) -> list[dict]:
    rows = [{"value": value, "count": count} for value, count in counts.items()]
    if facet == "theme":
        rows = [{**row, "label": thesaurus.label(row["value"], language)} for row in rows]
    return sorted(rows, key=lambda row: (-row["count"], row["value"]))[:50]


def _result(hit, asked: str) -> dict:
    facts = asdict(hit)
    language = {
        "shown": hit.shown,
        "asked": asked,
        "source": hit.source,
        "origin": hit.origin,
        "stale": False,
        "available": list(hit.available),
    }
    kept = {name: facts[name] for name in ("kind", "id", "title", "highlight", "score")}
    return {**kept, "url": f"/{asked}{hit.path}", "language": language}


def reduced(actor, question: Question) -> Answer:
    """Titles and names only, from the database, for the time that the engine rests."""
    hits = []
    for kind, index in sorted(INDEXES.items()):
        if (not question.kinds or kind in question.kinds) and question.text:
            hits += index.named(actor, question.text, question.lang)[: question.size]
    return Answer(total=len(hits), hits=hits[question.offset : question.offset + question.size])
