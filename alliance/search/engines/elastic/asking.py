"""A question as Elasticsearch is asked it, built with elasticsearch.dsl, in pieces that are kept as they are sent.

What a person types only ever goes in as whole stems.

The question is put once for each language, in that language's fields and with its stems: all of its words have to be met
within one language. The best language counts.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from elasticsearch.dsl import A, Q
from elasticsearch.dsl.query import Bool, DisMax, Match, MatchAll, MatchNone, MultiMatch, Query, Regexp
from orjson import Fragment, dumps

from alliance.languages.folding import fold, words_alone
from alliance.languages.stemming import stems

from ... import thesaurus
from ...words import KEPT_MOST, Sought, Wanted
from .. import VALUES_MOST, Question
from .shape import APART, FIELDS, OTHER, OTHERS, WORD_MOST, plain

TITLE = 10  # how much more a word weighs in a title
OWN_LANGUAGE = 1.15  # the reader's own language wins over a slightly better match in another
ABOVE = 1024.0  # what meets the question's own words stands above what only meets another name for the same
BEGUN_LEAST, BEGUN_MOST = 2, 24  # letters of a word half typed; words of titles that it may become
NOBODY = "\x00"  # no thing's audience
_FACETS = {"kind": "kind", "language": "languages", "theme": "themes", "city": "city"}
COUNTED = Fragment(dumps({facet: A("terms", field=field, size=VALUES_MOST).to_dict() for facet, field in _FACETS.items()}))
SHOWN = ["kind", "pk", "path", "source", "languages", "shown.first", "shown.own", "shown.states", "shown.stale"]
_NEWEST = [{"newest": "desc"}]
_SPECIAL = re.compile(r"([^\w])")

Values = tuple[str, ...]
Begun = Mapping[str, tuple[str, ...]]  # field of a language → stems of the words in titles that the last word may become


def body(question: Question, asked: Sought, begun: Begun) -> dict[str, Any]:
    """The whole search: hits of the page, their total, the facets."""
    page = question.page
    narrowed = _narrowed(question.tokens, question.kinds, question.languages, question.themes, question.cities, question.targets)
    said: dict[str, Any] = {
        "track_total_hits": True,
        "from": page.start,
        "size": page.stop - page.start,
        "_source": [*SHOWN, f"shown.texts.{plain(question.lang)}"],
        "aggs": COUNTED,
    }
    if asked.wanted:
        return said | {
            "query": {"bool": {"filter": narrowed, "must": [matching(asked, question.lang, tuple(begun.items()))]}},
            "sort": ["_score", *_NEWEST],
        }
    excluded = [one.to_dict() for field in FIELDS for one in _unwanted(asked, field)]
    return said | {"query": {"bool": {"filter": narrowed, "must_not": excluded}}, "sort": _NEWEST}


@lru_cache(maxsize=KEPT_MOST)
def _narrowed(
    tokens: frozenset[str], kinds: Values, languages: Values, themes: Values, cities: Values, targets: Values
) -> Fragment:
    """Who asks and what among: nothing else exists for the question."""
    narrower = {one for theme in themes for one in thesaurus.narrower(theme)}
    chosen = {
        "audience": tokens or {NOBODY},
        "kind": kinds,
        "languages": languages,
        "themes": narrower,
        "city": cities,
        "targets": targets,
    }
    return Fragment(
        dumps([Q("terms", **{name: sorted(map(plain, values))}).to_dict() for name, values in chosen.items() if values])
    )


@lru_cache(maxsize=KEPT_MOST)
def matching(asked: Sought, own: str, begun: tuple[tuple[str, tuple[str, ...]], ...]) -> Fragment:
    """What meets the question, the own words above other names for the same. `begun`: the items of a Begun."""
    met = _in_any(asked, own, dict(begun), widened=False)
    if asked.spans:
        met = DisMax(queries=[Bool(must=[met, MatchAll(boost=ABOVE)]), _in_any(asked, own, dict(begun), widened=True)])
    return Fragment(dumps(met.to_dict()))


def _in_any(asked: Sought, own: str, begun: Begun, *, widened: bool) -> Query:
    return DisMax(queries=[_in(asked, field, begun, own, widened) for field in FIELDS])


def _in(asked: Sought, field: str, begun: Begun, own: str, widened: bool) -> Query:
    """The question in one language: of each group of forms one is met, and nothing that is excluded."""
    groups: dict[int, list[Query]] = {}
    single: dict[int, str] = {}  # words of one stem are asked together
    last = len(asked.wanted) - 1
    for place in asked.meant(field):
        forms, more = _forms(asked.wanted[place], field), begun.get(field, ()) if place == last else ()
        if len(forms) == 1 and not more and " " not in forms[0]:
            single[place] = forms[0]
        else:
            groups[place] = _any_of(forms, field) + ([Match(**{f"title.{field}": " ".join(more)})] if more else [])
    for span in asked.spans if widened else ():
        places = range(span.first, span.first + span.length)
        every = [form for place in places if (form := single.pop(place, None))]
        all_of = [_together(every, field)] if every else []
        all_of += [_either(groups.pop(place)) for place in places if place in groups]
        others = _any_of(_names(span.concept, field), field)
        if all_of or others:
            groups[span.first] = ([Bool(must=all_of) if len(all_of) > 1 else all_of[0]] if all_of else []) + others
    must = ([_together(list(single.values()), field)] if single else []) + [_either(group) for group in groups.values()]
    unwanted = _unwanted(asked, field)
    if len(must) == 1 and not unwanted and field != own:
        return must[0]
    return Bool(must=must, must_not=unwanted, boost=OWN_LANGUAGE if field == own else 1.0)


def _either(group: list[Query]) -> Query:
    if not group:
        return MatchNone()  # a word of which nothing remains; a Bool of nothing would meet everything
    return group[0] if len(group) == 1 else Bool(should=group, minimum_should_match=1)


def _fields(field: str) -> list[str]:
    return [f"title.{field}^{TITLE}", f"body.{field}"]


def _together(words: Sequence[str], field: str, operator: str = "and") -> Query:
    return Q("combined_fields", query=" ".join(words), fields=_fields(field), operator=operator)


def _any_of(forms: Iterable[str], field: str) -> list[Query]:
    """Any of these forms: stems all in one, each phrase by itself."""
    words = [form for form in forms if " " not in form]
    phrases = [form for form in forms if " " in form]
    found: list[Query] = [_together(words, field, "or")] if words else []
    return found + [MultiMatch(query=phrase, fields=_fields(field), type="phrase") for phrase in phrases]


def _unwanted(asked: Sought, field: str) -> list[Query]:
    return [query for one in asked.unwanted for query in _any_of(_forms(one, field), field)]


# --- forms --------------------------------------------------------------------------------------------------------------


def _forms(one: Wanted, field: str) -> tuple[str, ...]:
    return _forms_of(one.words, field)


def _forms_of(words: tuple[str, ...], field: str) -> tuple[str, ...]:
    """A word by any of its stems; a phrase by the first stems of its words, neighbours in that order."""
    found: dict[str, None] = {}
    for language in (field,) if field != OTHER else ("", *OTHERS):
        if len(words) == 1:
            found |= dict.fromkeys(stems(words[0], language))
        else:
            found |= dict.fromkeys([" ".join(every[0] for word in words if (every := stems(word, language)))])
    return tuple(form for form in found if form)


@cache
def _names(concept: str, field: str) -> tuple[str, ...]:
    """A concept's names in one language."""
    if field == OTHER:
        return ()
    return tuple(
        dict.fromkeys(form for name in thesaurus.names(concept, field) for form in _forms_of(tuple(words_alone(name)), field))
    )


# --- a word half typed --------------------------------------------------------------------------------------------------


def half_typed(asked: Sought) -> str:
    """The folded last word, if it may go on."""
    word = fold(asked.wanted[-1].words[0]) if asked.wanted and asked.begun else ""
    return word if BEGUN_LEAST <= len(word) <= WORD_MOST else ""


@lru_cache(maxsize=KEPT_MOST)
def vocabulary(word: str) -> bytes:
    """The words of titles that begin with this one, the shortest first. Asked of the whole index: only words come of it."""
    begins = "[0-9][0-9]" + _SPECIAL.sub(r"\\\1", word) + ".*"
    said = {
        "size": 0,
        "track_total_hits": False,
        "query": Regexp(begins={"value": begins, "flags": "NONE"}).to_dict(),
        "aggs": {"begun": A("terms", field="begins", include=begins, size=BEGUN_MOST, order={"_key": "asc"}).to_dict()},
    }
    return dumps(said)


def goes_on(word: str, buckets: Collection[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """What the vocabulary says; nothing when the word is one of them as it stands."""
    found: dict[str, dict[str, None]] = {}
    for bucket in buckets:
        longer, language, stem = bucket["key"][2:].split(APART)
        if longer == word:
            return {}
        found.setdefault(language if language in FIELDS else OTHER, {})[stem] = None
    return {field: tuple(every) for field, every in found.items()}
