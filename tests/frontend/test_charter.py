"""The charter as one reads it."""

import html
import re

from django.db import transaction

from alliance.accord.actions import publishing
from alliance.accord.queries import editions
from alliance.founding.network import charter_texts

from .conftest import LANGUAGES, text


def test_every_article_stands_at_its_address_in_every_language(world, visitor):
    for language in LANGUAGES:
        edition = editions.edition_in(editions.current(), language)
        assert edition["language"]["shown"] == language
        for article in edition["articles"]:
            page = text(visitor.get(f"/{language}/charter/1/articles/{article['number']}/"))
            assert article["title"] in html.unescape(page), (language, article["number"])
        assert edition["sha256"] in text(visitor.get(f"/{language}/charter/"))


def test_a_text_that_binds_has_another_edge_than_a_courtesy_text(world, visitor):
    def edges(page):
        return {(lang, "courtesy" in words) for words, lang in re.findall(r'<div class="(text[^"]*)" lang="(\w+)"', page)}

    assert edges(text(visitor.get("/fr/charter/"))) == {("fr", False)}
    assert edges(text(visitor.get("/de/charter/"))) == {("de", True)}
    assert edges(text(visitor.get("/de/charter/1/articles/4/?beside=ar"))) == {("de", True), ("ar", False)}
    assert edges(text(visitor.get("/ar/charter/?beside=it"))) == {("ar", False), ("it", True)}


def test_beside_itself_there_is_nothing(world, visitor):
    assert text(visitor.get("/fr/charter/?beside=fr")).count('lang="fr" dir="ltr"') == text(visitor.get("/fr/charter/")).count(
        'lang="fr" dir="ltr"'
    )


def test_an_edition_that_was_replaced_says_so_and_stays(world, visitor):
    newer = {**charter_texts()[0], "number": 2}
    with transaction.atomic():
        publishing.publish(newer, actor=None)
    old = text(visitor.get("/en/charter/1/articles/2/"))
    assert "This edition has been replaced. In force is edition 2." in old
    assert "has been replaced" not in text(visitor.get("/en/charter/"))
    assert "/en/charter/2/articles/1/" in text(visitor.get("/en/charter/"))


def test_articles_lead_to_their_neighbours(world, visitor):
    last = editions.current().articles.count()
    first, end = text(visitor.get("/en/charter/1/articles/1/?beside=fr")), text(visitor.get(f"/en/charter/1/articles/{last}/"))
    assert 'rel="prev"' not in first and 'rel="next" href="/en/charter/1/articles/2/?beside=fr"' in first
    assert 'rel="next"' not in end and f"/en/charter/1/articles/{last - 1}/" in end
