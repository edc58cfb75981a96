"""How a thing is kept in Elasticsearch: the index, the document in it, and the hit that is read off it.

What is matched are stems of our own, by the folding and stemming that the embedded engine has too: both engines find the same.
Each language has its own fields; a language that we do not stem shares `other`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from alliance.languages.folding import fold, words_alone
from alliance.languages.stemming import SNOWBALL, stemmed, stems
from alliance.languages.tongues import CODES

from ...index import Document
from .. import FURTHEST, MOST, Hit
from ..showing import FURTHEST as SHOWN_MOST
from ..showing import excerpt

VERSION = 1  # of what follows and of the stems in it: an index made by another one is left alone, and one of ours built beside it
LONGEST = 400_000  # characters of a text that are searched
FIELDS = (*dict.fromkeys([*CODES, *sorted(SNOWBALL)]), "other")


def field_of(language: str) -> str:
    """The language whose fields hold the words of a text."""
    return language if language in FIELDS else "other"


def index(*, built: bool) -> dict[str, Any]:
    """Settings and mappings of a new index. `built`: by the time it is used, it will have been made from everything."""
    keyword = {"type": "keyword"}
    kept = {"type": "keyword", "index": False, "doc_values": False}
    fields: dict[str, Any] = {
        "kind": keyword, "pk": {"type": "long"}, "gone": {"type": "boolean"}, "audience": keyword, "city": keyword,
        "themes": keyword, "targets": keyword, "languages": keyword, "at": {"type": "long"},
        "begins": {"type": "keyword", "doc_values": False, "ignore_above": 300},
        "path": kept, "source": kept, "facts": {"type": "object", "enabled": False}, "own": {"type": "object", "enabled": False},
        "words": {"type": "object", "enabled": False},
    }  # fmt: skip
    for language in FIELDS:
        fields[f"title_{language}"] = fields[f"body_{language}"] = {"type": "text", "analyzer": f"stems_{language}"}
    return {
        "settings": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            "max_result_window": FURTHEST + 2 * MOST,
            "analysis": {"analyzer": {f"stems_{code}": {"type": "custom", "tokenizer": "whitespace"} for code in FIELDS}},
        },
        "mappings": {"dynamic": "strict", "_meta": {"version": VERSION, "built": built}, "properties": fields},
    }


def number_of(kind: str, pk: int) -> str:
    """What Elasticsearch calls a thing."""
    return f"{kind}:{pk}"


def kept_version(version: int) -> int:
    """Elasticsearch's external version of a thing that is kept, below that of the same version dropped."""
    return min(2 * version, 2**63 - 2)


def dropped_version(version: int) -> int:
    """The external version of what remembers that a thing was dropped: only a later version of it comes back."""
    return min(2 * version + 1, 2**63 - 1)


def tombstone(kind: str, pk: int) -> dict[str, Any]:
    """What remains of a dropped thing. It has no audience, so that nobody finds it."""
    return {"kind": clean(kind), "pk": pk, "gone": True}


def kept(document: Document) -> dict[str, Any]:
    """A thing as Elasticsearch keeps it. `own` are the words it was written in, `words` those in each other language."""
    order = [document.source_language, *CODES, *sorted(set(document.texts) - set(CODES))]
    texts = {code: document.texts[code] for code in dict.fromkeys(order) if code in document.texts}
    shown = {clean(code): {"title": clean(text.title), "body": clean(text.body)[:SHOWN_MOST]} for code, text in texts.items()}
    source: dict[str, Any] = {
        "kind": clean(document.kind),
        "pk": document.id,
        "audience": sorted(document.audience),
        "city": clean(document.city),
        "themes": sorted({clean(theme) for theme in document.themes}),
        "targets": sorted({clean(target) for target in document.targets}),
        "languages": list(shown),
        "path": clean(document.path),
        "source": clean(document.source_language),
        "facts": {"states": document.states, "stale": sorted(document.stale)},
        "own": shown.pop(clean(document.source_language), None),
        "words": shown,
        "begins": [],
    }
    if document.at:
        source["at"] = int(document.at.timestamp())
    stemmed_texts: dict[str, list[str]] = {}
    for code, text in texts.items():
        for field, words in (("title", text.title), ("body", text.body)):
            stemmed_texts.setdefault(f"{field}_{field_of(code)}", []).append(_stems(clean(words), code))
        source["begins"] += _beginnings(clean(text.title), code)
    return source | stemmed_texts


def _stems(text: str, code: str) -> str:
    """The first stems in the order of the words, so that phrases can be met; then the second ones."""
    running, others = stemmed(text, code)
    return " ".join([*running, "_", *others] if others else running)


def _beginnings(title: str, code: str) -> Iterable[str]:
    """`word language stem` for each word of a title, for a word half typed."""
    found = {}
    for word in words_alone(title):
        if of_word := stems(word, code):
            found[fold(word, code)] = found[of_word[0]] = of_word[0]
    return [f"{word} {field_of(code)} {stem}" for word, stem in found.items()]


def clean(text: str) -> str:
    """What can be stored and sent: no NUL, no half characters."""
    return text[:LONGEST].replace("\x00", " ").encode("utf-8", "replace").decode()


def wanted_of(lang: str) -> list[str]:
    """The parts of a document that a page shows to a reader of this language."""
    return ["kind", "pk", "path", "source", "languages", "facts", "own", f"words.{lang}"]


def hit(source: Mapping[str, Any], score: float, lang: str, marks: Mapping[str, frozenset[str]]) -> Hit:
    """A found thing as it is shown, with the words of `marks` (language → stems) marked."""
    available, written = tuple(source["languages"]), source["source"]
    texts = {written: source.get("own"), **source.get("words", {})}
    shown = next((code for code in (lang, written, *available) if texts.get(code)), written)
    text = texts.get(shown) or {"title": "", "body": ""}
    facts = source["facts"]
    return Hit(
        kind=source["kind"], id=source["pk"], path=source["path"], title=text["title"],
        highlight=excerpt(text["body"], shown, marks.get(shown, frozenset())), shown=shown, source=written,
        origin="original" if shown == written else facts["states"].get(shown, "human"), available=available,
        score=round(score, 4), stale=shown in facts["stale"],
    )  # fmt: skip
