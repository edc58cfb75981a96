"""Practices as a reader finds them."""

import re

from alliance.languages.tongues import CODES
from exchanges.actions import practices
from tests import factories
from tests.permissions import world as worlds

from .conftest import text


def note(page: str) -> str:
    """The language note's words."""
    found = re.search(r'<div class="tongue".*?</div>', page, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_the_language_note_says_what_the_text_is_worth(world, visitor):
    office, pk = world.people["official_a"], world.published.pk
    address = f"/en/practices/{pk}/"
    assert note(text(visitor.get(address))) == "Written in English"
    assert "not yet in this language: German" in note(text(visitor.get(f"{address}?in=de")))
    practices.translate(pk, "de", {**worlds.TEXTS, "title": "Offene Schulhöfe"}, origin="machine", actor=office)
    page = text(visitor.get(f"{address}?in=de"))
    assert note(page) == "Shown in German written in English machine translation, not checked also in English"
    assert '<h1 lang="de" dir="auto">Offene Schulhöfe</h1>' in page and "tag machine" in page
    practices.edit(pk, texts={"title": "Schoolyards, open"}, actor=office)
    assert "to be gone over: the original has changed" in note(text(visitor.get(f"{address}?in=de")))
    assert note(text(visitor.get(address))) == "Written in English also in German"


def test_a_machine_s_text_always_wears_its_tag_in_lists(world, visitor):
    practices.translate(world.published.pk, "de", worlds.TEXTS, origin="machine", actor=world.people["official_a"])
    for path in ("", "practices/", "cities/bologna/"):
        assert 'class="tag machine"' in text(visitor.get(f"/de/{path}")), path
        assert 'class="tag machine"' not in text(visitor.get(f"/en/{path}")), path


def test_what_did_not_work_has_a_place_of_its_own(world, visitor):
    page = text(visitor.get(f"/en/practices/{world.published.pk}/"))
    failed = re.search(r'<div class="failed stack">.*?Water was missing\..*?</div>', page, re.S)
    assert failed and page.index("failed stack") < page.index("More shade.")


def test_what_people_write_stays_words(world, visitor):
    bad = {**worlds.TEXTS, "title": "<script>alert(1)</script>", "action": '<img src=x onerror="a()"> [x](javascript:a) **bold**'}
    made = factories.practice(world.a, by=world.people["official_a"], language="en", texts=bad)
    for path in (f"practices/{made.pk}/", "practices/", "", "cities/bologna/", "search/?q=bold"):
        page = text(visitor.get(f"/en/{path}"))
        assert "<script>alert" not in page and "<img" not in page and 'href="javascript' not in page
    assert "<strong>bold</strong>" in text(visitor.get(f"/en/practices/{made.pk}/"))


def test_the_list_is_narrowed_by_what_its_form_asks(world, visitor):
    office = world.people["official_a"]
    factories.practice(world.b, by=world.people["official_b"], language="fr", themes=["climate"], targets=["sdg:11.7"])
    practices.edit(world.published.pk, themes=["refuge"], actor=office)

    def shown(query: str) -> int:
        return text(visitor.get(f"/en/practices/?{query}")).count('<h2 class="h3" dir="auto"><a ')

    assert shown("") == 2
    assert (
        shown("theme=climate")
        == shown("language=fr")
        == shown("target=sdg:11")
        == shown("country=TN")
        == shown("city=tunis")
        == 1
    )
    assert shown("theme=climate&country=IT") == 0
    assert "No practice fits." in text(visitor.get("/en/practices/?theme=nothing"))


def test_pages_of_a_long_list_lead_to_each_other(world, visitor):
    office = world.people["official_b"]
    for number in range(31):
        factories.practice(world.b, by=office, texts={"title": f"Cour {number}"})
    first, second = text(visitor.get("/en/practices/?language=fr")), text(visitor.get("/en/practices/?language=fr&page=2"))
    assert first.count('<h2 class="h3" dir="auto"><a ') == 30 and second.count('<h2 class="h3" dir="auto"><a ') == 1
    assert 'rel="next" href="?language=fr&amp;page=2"' in first and 'rel="prev" href="?language=fr&amp;page=1"' in second
    assert "Page 1 of 2" in first


def test_every_reader_is_offered_what_they_may_do_and_only_that(world, visitor, at):
    readers = {
        "visitor": visitor,
        **{name: at(name) for name in ("official_a", "official_b", "ended", "secretariat", "moderator")},
    }

    def offered(kind: str, pk: int, *doors: str) -> dict[str, set[str]]:
        paths = {door: f"/en/{kind}s/{pk}/{door}/" for door in doors} | {"report": f"/en/report/{kind}/{pk}/"}
        pages = {name: text(client.get(f"/en/{kind}s/{pk}/")) for name, client in readers.items()}
        return {
            name: {door for door, path in paths.items() if path in page} for name, page in pages.items() if "<h1 lang" in page
        }

    assert offered("practice", world.published.pk, "transfer", "change", "translate", "withdraw") == {
        "visitor": set(),
        "official_a": {"change", "translate", "withdraw"},
        "official_b": {"transfer", "report"},
        "ended": set(),
        "secretariat": {"translate", "report"},
        "moderator": {"report"},
    }
    assert offered("document", world.document.pk, "change", "translate", "remove") == {
        "official_a": {"change", "translate", "remove"},
        "official_b": {"report"},
        "secretariat": {"translate", "report"},
        "moderator": {"report"},
    }
    for client in readers.values():  # nobody translates what was signed
        page = text(client.get("/en/charter/1/articles/3/"))
        assert "/translate/" not in page and "/report/" not in page


def test_what_was_taken_back_offers_no_step(world, at):
    practices.withdraw(world.published.pk, actor=world.people["official_a"])
    page = text(at("official_a").get(f"/en/practices/{world.published.pk}/"))
    for step in ("submit", "withdraw", "change", "translate", "transfer"):
        assert f"/practices/{world.published.pk}/{step}/" not in page, step


def test_a_practice_that_is_not_complete_leads_back_to_its_form(world, at):
    office = at("official_a")
    practice = practices.draft(
        world.a.pk,
        source_language="en",
        texts={"title": "Cool rooms"},
        audience={"kind": "public"},
        actor=world.people["official_a"],
    )
    answer = office.post(f"/en/practices/{practice.pk}/submit/", follow=True)
    assert answer.redirect_chain == [(f"/en/practices/{practice.pk}/change/", 302)]
    assert "Please also fill in: in two sentences, the context" in text(answer) and 'value="Cool rooms"' in text(answer)
    practice.refresh_from_db()
    assert practice.state == "draft"


def test_the_desk_names_what_its_news_are_about(world, at):
    page = text(at("official_a").get("/en/desk/"))
    assert re.search(r"Your practice was published</a></strong> <bdi lang=\"en\">Open schoolyards</bdi>", page)


def test_the_form_of_the_city_page_opens_in_each_language(world, at):
    office = at("official_a")
    for language in CODES:
        page = text(office.get(f"/en/cities/{world.a.slug}/describe/?lang={language}"))
        assert f'lang="{language}" aria-current="true"' in page
