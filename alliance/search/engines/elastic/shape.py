"""How a thing is kept in Elasticsearch: strict fields, a pair of them for each language with an analyser of its own.

The words of a language go in as our own stems (alliance.languages), the same as the embedded engine's, so that both engines
meet the same things; the analysers only part them. Languages beyond the interface's share the pair `other`.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC

from alliance.languages.folding import fold, words_alone
from alliance.languages.stemming import SNOWBALL, stemmed, stems
from alliance.languages.tongues import CODES

from ...index import Document, Text
from .. import FURTHEST, MOST

STEMS = 1  # version of the stems and of what `source` writes; what is below is told apart by itself
OTHER = "other"
FIELDS = (*CODES, OTHER)
OTHERS = tuple(code for code in SNOWBALL if code not in CODES)  # languages of `other` that have stems
LONGEST = 400_000  # characters of a text that are kept
TERM_MOST = 1_000  # characters of a value that is filtered by
WORD_MOST = 99  # letters of a word that may be half typed
NUMBER_BITS = 30
APART = "\x1f"
HIGHEST = 2**61  # versions are doubled: an odd one says that the thing was dropped

_KEYWORD = {"type": "keyword"}
_BARE = {"type": "keyword", "index": False, "doc_values": False}
SETTINGS = {
    "number_of_shards": 1,  # exact counts, and one measure for all scores
    "auto_expand_replicas": "0-1",
    "max_result_window": FURTHEST + MOST,
    "analysis": {
        "tokenizer": {"spaces": {"type": "whitespace", "max_token_length": 4096}},
        "analyzer": {f"stems_{code}": {"type": "custom", "tokenizer": "spaces"} for code in FIELDS},
    },
}
MAPPING = {
    "dynamic": "strict",
    # The stems are only searched: what is shown, and what a newer version is made from, is the text.
    "_source": {"excludes": ["title", "body", "begins", "audience", "targets"]},
    "properties": {
        "kind": _KEYWORD,
        "pk": {"type": "long"},
        "gone": {"type": "boolean"},
        "audience": {"type": "keyword", "doc_values": False},
        "city": _KEYWORD,
        "themes": _KEYWORD,
        "targets": {"type": "keyword", "doc_values": False},
        "languages": _KEYWORD,
        "newest": {"type": "long"},  # the order of time, and of numbers within a second: one field sorts quicker than two
        "begins": _KEYWORD,
        **{
            part: {"properties": {code: {"type": "text", "analyzer": f"stems_{code}"} for code in FIELDS}}
            for part in ("title", "body")
        },
        "path": _BARE,
        "source": _BARE,
        "shown": {"type": "object", "enabled": False},  # the texts and their states, only to be shown
    },
}
VERSION = f"{STEMS}{hashlib.sha256(json.dumps([SETTINGS, MAPPING, OTHERS], sort_keys=True).encode()).hexdigest()[:7]}"


def key(kind: str, pk: int) -> str:
    """The name of a thing in the index."""
    return f"{plain(kind)}:{pk}"


def version_of(version: int, *, gone: bool) -> int:
    """A version as Elasticsearch compares it: a drop stands above a put of the same version, and below the next one."""
    return 2 * min(max(version, 0), HIGHEST) + gone


def plain(value: str) -> str:
    """A value that can be written as JSON, whatever it holds."""
    return value[:TERM_MOST].encode("utf-8", "backslashreplace").decode()


def _clean(text: str) -> str:
    return text[:LONGEST].replace("\x00", " ").encode("utf-8", "replace").decode()


def _in_order(document: Document) -> list[str]:
    """The languages of a thing: the source first, then in the order of the interface."""
    order = [document.source_language, *CODES, *sorted(set(document.texts) - set(CODES))]
    return [code for code in dict.fromkeys(order) if code in document.texts]


def source(document: Document) -> dict:
    """A thing as it is sent. `shown.own` is the text for readers in whose language there is none."""
    texts = {code: (_clean(text.title), _clean(text.body)) for code, text in _read(document)}
    words: dict[str, dict[str, list[str]]] = {"title": {}, "body": {}}
    for code, (title, body) in texts.items():
        field = code if code in CODES else OTHER
        words["title"].setdefault(field, []).append(_stems(title, code))
        words["body"].setdefault(field, []).append(_stems(body, code))
    first, *others = texts or [""]
    shown = {
        "states": document.states,
        "stale": sorted(document.stale),
        "first": first,
        "own": texts.get(first, ("", "")),
        "texts": {code: texts[code] for code in others},
    }
    return {
        "kind": plain(document.kind),
        "pk": document.id,
        "gone": False,
        "audience": sorted(map(plain, document.audience)),
        **({"city": plain(document.city)} if document.city else {}),
        "themes": sorted(set(map(plain, document.themes))),
        "targets": sorted(set(map(plain, document.targets))),
        "languages": [plain(code) for code in texts],
        "newest": _newest(document),
        "begins": list(_begins(texts)),
        **words,
        "path": plain(_clean(document.path)),
        "source": plain(document.source_language),
        "shown": shown,
    }


def _read(document: Document) -> Iterable[tuple[str, Text]]:
    return ((code, document.texts[code]) for code in _in_order(document))


def gone(kind: str, pk: int) -> dict:
    """What remains of a thing that was dropped: nobody's audience, so nobody finds it."""
    return {"kind": plain(kind), "pk": pk, "gone": True}


def _newest(document: Document) -> int:
    """Seconds since 1970, from the year 1697 to 2242, then the thing's number: 64 bits."""
    at = document.at
    seconds = int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()) if at else 0
    return (min(max(seconds, -(2**33)), 2**33 - 1) << NUMBER_BITS) + min(document.id, 2**NUMBER_BITS - 1)


def _stems(text: str, code: str) -> str:
    """The first stems in the order of the words, so that phrases can be met; then the second ones."""
    running, others = stemmed(text, code)
    return " ".join([*running, "_", *others] if others else running)


def _begins(texts: dict[str, tuple[str, str]]) -> Iterable[str]:
    """The words of titles with their stems, the short ones first in the order of the alphabet."""
    for code, (title, _body) in texts.items():
        words: dict[str, str] = {}
        for word in words_alone(title):
            if found := stems(word, code):
                words[fold(word, code)] = words[found[0]] = found[0]
        for word, stem in words.items():
            if len(word) <= WORD_MOST:
                yield f"{len(word):02d}{word}{APART}{plain(code)}{APART}{stem}"
