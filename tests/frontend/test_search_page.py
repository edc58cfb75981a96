"""Search as a page."""

import re

from alliance import background
from exchanges.actions import practices
from tests.permissions import world as worlds

from .conftest import text


def hits(page: str) -> list[str]:
    return re.findall(r'<h2 class="h3" dir="auto"><a href="([^"]+)"', page)


def test_a_word_is_found_marked_and_labelled(world, visitor):
    page = text(visitor.get("/fr/search/?q=schoolyard"))
    assert f"/fr/practices/{world.published.pk}/" in hits(page)
    assert "<mark>" in page and 'dir="auto"><a href="/fr/practices/' in page and "anglais" in page


def test_everybody_finds_what_they_may_see(world, visitor, at):
    address = "/en/search/?q=note&kind=document"
    assert hits(text(visitor.get(address))) == []
    assert hits(text(at("official_b").get(address))) == [f"/en/documents/{world.document.pk}/"]
    assert hits(text(at("ended").get(address))) == []


def test_a_search_is_narrowed_and_widened_by_links(world, visitor):
    practices.edit(world.published.pk, themes=["refuge"], actor=world.people["official_a"])
    background.run_waiting()
    page = text(visitor.get("/en/search/?q=schoolyards"))
    assert 'href="?q=schoolyards&amp;kind=practice"' in page and ">Bologna<" in page
    narrowed = text(visitor.get("/en/search/?q=schoolyards&kind=practice&city=bologna"))
    assert '<input type="hidden" name="kind" value="practice">' in narrowed
    assert 'class="tag plain" href="?q=schoolyards&amp;city=bologna"' in narrowed
    assert 'aria-current="true"' in narrowed


def test_widening_by_the_thesaurus_is_told_and_can_be_switched_off(world, visitor):
    page = text(visitor.get("/en/search/?q=refuge"))
    assert "Also searched for:" in page and "?q=refuge&amp;expand=off" in page
    assert "Also searched for:" not in text(visitor.get("/en/search/?q=refuge&expand=off"))


def test_an_article_in_another_language_is_found_and_named(world, visitor):
    page = text(visitor.get("/ar/search/?q=diplomatie"))
    assert any(address.startswith("/ar/charter/") for address in hits(page))


def test_no_question_breaks_the_page(world, visitor):
    for q in ['"', "*", "a* OR b", "NEAR(a b)", "-", "(((", "\x00", "é" * 200, "' --", "AND", "^", "title:x"]:
        assert visitor.get("/en/search/", {"q": q}).status_code == 200, q


def test_a_question_too_long_is_refused_in_a_sentence_or_cut(world, visitor):
    assert visitor.get("/en/search/", {"q": "word " * 2000}).status_code in (200, 400)


def test_without_a_result_the_page_says_what_to_try(world, visitor):
    page = text(visitor.get("/en/search/?q=zzzzqqqq"))
    assert "Nothing was found." in page and worlds.TEXTS["title"] not in page
