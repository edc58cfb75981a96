"""A question as Elasticsearch is asked it. Nothing a person types is syntax: only stems of ours become terms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from elasticsearch.dsl import A, Q, Search
from elasticsearch.dsl.query import Query

from ...thesaurus import narrower
from ...words import Sought
from .. import Question
from ..asking import Asking, Every, Form, Group
from .shapes import clean, field_of, wanted_of

TITLE = 10.0  # how much more a word weighs in a title
OWN_LANGUAGE = 1.15  # the reader's own language wins over a slightly better match in another
EXACT = 1000.0  # what the question's own words add: they stand before other names for the same, whatever these weigh
NEWEST = ({"at": {"order": "desc", "missing": "_last"}}, {"pk": {"order": "desc"}})
VALUES_MOST = 1000  # values of a facet that are counted
FACETS = {"kind": "kind", "language": "languages", "theme": "themes", "city": "city"}


def body(question: Question, asked: Sought, begun: Mapping[str, Sequence[str]], languages: Iterable[str]) -> dict[str, Any]:
    """The request for a page with total and facets. `languages` are those that the index holds."""
    search = Search().filter("terms", audience=sorted(question.tokens))
    for field, values in _filters(question):
        search = search.filter("terms", **{field: values})
    asking, spoken = Asking(asked, begun), sorted(languages)
    if asked.wanted:
        search = _matched(search, asking, spoken, question.lang)
        search = search.sort({"_score": {"order": "desc"}}, *NEWEST)
    else:
        unwanted = [_one(form, code) for code in spoken for form in asking.unwanted(code)]
        if unwanted:
            search = search.exclude(_any(unwanted))
        search = search.sort(*NEWEST)
    for name, field in FACETS.items():
        search.aggs.bucket(name, A("terms", field=field, size=VALUES_MOST))
    page = question.page
    request = search.extra(track_total_hits=True, track_scores=bool(asked.wanted)).to_dict()
    return {**request, "_source": wanted_of(question.lang), "from": page.start, "size": page.stop - page.start}


def _filters(question: Question) -> list[tuple[str, list[str]]]:
    given = {
        "kind": question.kinds,
        "languages": question.languages,
        "themes": [part for theme in question.themes for part in narrower(theme)],
        "city": question.cities,
        "targets": question.targets,
    }
    return [(field, sorted({clean(value) for value in values})) for field, values in given.items() if values]


def _matched(search: Search, asking: Asking, languages: list[str], own: str) -> Search:
    wide, exact = (_in_any(asking, languages, own, widened=widened) for widened in (True, False))
    search = search.query(wide)
    # A thing that holds the question's own words is met by both; one that holds other names for the same, by the first alone.
    if wide == exact:
        return search.query(Q("constant_score", filter=Q("match_all"), boost=EXACT))
    return search.query(Q("bool", should=[Q("constant_score", filter=exact, boost=EXACT), Q("match_all", boost=0)]))


def _in_any(asking: Asking, languages: list[str], own: str, *, widened: bool) -> Query:
    """Met in one language at least; the best of these counts."""
    found = []
    for code in languages:
        groups = asking.groups(code, widened=widened)
        if groups:
            unwanted = [_one(form, code) for form in asking.unwanted(code)]
            boost = {"boost": OWN_LANGUAGE} if code == own else {}
            found.append(Q("bool", must=[_group(group, code) for group in groups], must_not=unwanted, **boost))
    return Q("dis_max", queries=found) if found else Q("match_none")


def _group(group: Group | tuple[Form, ...], code: str) -> Query:
    return _any([_every(form, code) if isinstance(form, Every) else _one(form, code) for form in group])


def _every(every: Every, code: str) -> Query:
    return Q("bool", must=[_group(group, code) for group in every.groups])


def _one(form: Form, code: str) -> Query:
    """One form, in the title or the body of a text; both count, as one document in two fields."""
    kind = "term" if len(form.stems) == 1 else "match_phrase"
    name = "value" if kind == "term" else "query"
    words = " ".join(form.stems)
    field = field_of(code)
    titled = Q(kind, **{f"title_{field}": {name: words, "boost": TITLE}})
    return titled if form.titled else Q("bool", should=[titled, Q(kind, **{f"body_{field}": {name: words}})])


def _any(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Q("bool", should=queries, minimum_should_match=1)
