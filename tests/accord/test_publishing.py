"""Editions of the charter: data, published once, never changed."""

import copy
import hashlib
import json

import pytest

from alliance.accord.actions import publishing
from alliance.accord.models import Article, Edition
from alliance.accord.queries import editions
from alliance.errors import Conflict
from alliance.founding.network import charter_texts
from alliance.languages.state import text_of
from alliance.ledger.models import Entry
from tests.unchanged import refused

CODES = ("fr", "en", "es", "it", "de", "pt", "ar")


def test_the_charter_has_every_text_in_every_language():
    text = charter_texts()[0]
    assert text["number"] == 1 and sorted(text["authentic"]) == ["ar", "en", "es", "fr"]
    assert [article["number"] for article in text["articles"]] == list(range(1, len(text["articles"]) + 1))
    assert 12 <= len(text["articles"]) <= 16
    for part in (text["title"], text["preamble"], *(article[name] for article in text["articles"] for name in ("title", "body"))):
        assert set(part) == set(CODES) and all(words.strip() for words in part.values())


def test_the_signed_bytes_are_the_authentic_texts_and_can_be_recomputed(edition):
    text = charter_texts()[0]
    tongues = sorted(text["authentic"])
    whole = {
        "number": 1, "authentic": tongues,
        "title": {code: text["title"][code] for code in tongues},
        "preamble": {code: text["preamble"][code] for code in tongues},
        "articles": [
            {"number": article["number"], **{part: {code: article[part][code] for code in tongues} for part in ("title", "body")}}
            for article in text["articles"]
        ],
    }  # fmt: skip
    canonical = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(canonical).hexdigest() == edition.sha256
    assert editions.canonical_text_of(editions.current()) == canonical


def test_a_courtesy_text_does_not_change_the_fingerprint_and_an_authentic_one_does():
    text = charter_texts()[0]

    def fingerprint(given):
        return editions.digest(given["number"], given["authentic"], given["title"], given["preamble"], given["articles"])

    whole = fingerprint(text)
    courtesy = copy.deepcopy(text)
    courtesy["articles"][0]["body"]["it"] += "!"
    assert fingerprint(courtesy) == whole
    for part in (("title",), ("preamble",), ("articles", 3, "body"), ("articles", 3, "title")):
        authentic = copy.deepcopy(text)
        place = authentic
        for step in part:
            place = place[step]
        place["ar"] += "."
        assert fingerprint(authentic) != whole, part


@pytest.mark.parametrize("number", [0, 1, 3, -1])
def test_editions_are_numbered_one_after_the_other(edition, number):
    text = copy.deepcopy(charter_texts()[0])
    text["number"] = number
    with refused(Conflict):
        publishing.publish(text, actor=None)


def test_the_newest_edition_is_in_force_and_the_old_one_stays(edition):
    text = copy.deepcopy(charter_texts()[0])
    text["number"] = 2
    new = publishing.publish(text, actor=None)
    assert editions.current() == new and editions.edition(1) == edition
    assert new.sha256 != edition.sha256, "the number is part of what is signed"
    assert Edition.objects.count() == 2 and Article.objects.filter(edition=edition).count() == len(text["articles"])
    assert Entry.objects.filter(name="accord.published").count() == 2


@pytest.mark.parametrize("language", CODES)
def test_an_edition_is_read_in_each_language_and_says_how_it_stands(edition, language):
    read = editions.edition_in(editions.current(), language)
    assert read["language"]["shown"] == language
    assert read["language"]["standing"] == ("authentic" if language in ("ar", "en", "es", "fr") else "courtesy")
    assert [article["body"] for article in read["articles"]] == [
        text_of(article, "body", language) for article in editions.current().articles.all()
    ]


def test_a_language_that_the_charter_has_not_falls_back_and_says_so(edition):
    read = editions.edition_in(editions.current(), "sw")
    assert read["language"]["shown"] in CODES and read["title"]
