"""The charter's editions and articles, and the exact bytes that a signature is given on."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from django.db.models import Prefetch, QuerySet

from alliance.languages import state
from alliance.languages.tongues import CODES

from ..models import Article, Edition


def editions() -> QuerySet[Edition]:
    """Every published edition, with its articles in order."""
    return Edition.objects.order_by("number").prefetch_related(Prefetch("articles", Article.objects.order_by("number")))


def current() -> Edition | None:
    """The edition in force: the newest."""
    return editions().last()


def current_number() -> int | None:
    """The number of the edition in force, without its words."""
    return Edition.objects.order_by("number").values_list("number", flat=True).last()


def edition(number: int) -> Edition | None:
    """One edition by its number."""
    return editions().filter(number=number).first()


def canonical_text(
    number: int, authentic: Sequence[str], title: Mapping[str, str], preamble: Mapping[str, str], articles: Sequence[Mapping]
) -> bytes:
    """The bytes whose sha256 a city signs: the authentic texts only, as JSON with sorted keys, no spaces, UTF-8.

    `articles` are mappings with number, title and body, the texts by language.
    """
    tongues = sorted(authentic)
    whole = {
        "number": number,
        "authentic": tongues,
        "title": {code: title[code] for code in tongues},
        "preamble": {code: preamble[code] for code in tongues},
        "articles": [
            {
                "number": article["number"],
                "title": {code: article["title"][code] for code in tongues},
                "body": {code: article["body"][code] for code in tongues},
            }
            for article in articles
        ],
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(*parts, **named) -> str:
    """The sha256 of `canonical_text`, in hex."""
    return hashlib.sha256(canonical_text(*parts, **named)).hexdigest()


def canonical_text_of(edition: Edition) -> bytes:
    """The signed bytes, from what the database holds now."""

    def tongues(thing, field):
        return {code: state.text_of(thing, field, code) for code in edition.authentic}

    articles = [
        {"number": article.number, "title": tongues(article, "title"), "body": tongues(article, "body")}
        for article in edition.articles.all()
    ]
    return canonical_text(edition.number, edition.authentic, tongues(edition, "title"), tongues(edition, "preamble"), articles)


def language_note(edition: Edition, asked: str) -> dict:
    """The language note of a charter text: authentic texts are originals, the others checked translations of the first one."""
    source = edition.authentic[0]
    states = {
        code: {"origin": state.ORIGINAL if code in edition.authentic else state.CHECKED}
        for code in CODES
        if state.text_of(edition, "title", code)
    }
    note = state.note(asked, source, states, 1)
    note["origin"] = states[note["shown"]]["origin"]
    note["standing"] = "authentic" if note["shown"] in edition.authentic else "courtesy"
    return note


def edition_in(edition: Edition, language: str) -> dict:
    """An edition as one reads it in a language: number, sha256, title, preamble, articles, and the language note."""
    note = language_note(edition, language)
    shown = note["shown"]
    return {
        "number": edition.number,
        "sha256": edition.sha256,
        "adopted_on": edition.adopted_on,
        "authentic": edition.authentic,
        "title": state.text_of(edition, "title", shown),
        "preamble": state.text_of(edition, "preamble", shown),
        "articles": [article_in(article, shown) for article in edition.articles.all()],
        "language": note,
    }


def article_in(article: Article, shown: str) -> dict:
    """One article in a language it exists in."""
    return {
        "number": article.number,
        "key": article.key,
        "title": state.text_of(article, "title", shown),
        "body": state.text_of(article, "body", shown),
    }
