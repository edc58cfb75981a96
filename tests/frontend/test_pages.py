"""What every public page promises: its language, its headers, that it can be kept, and that nothing is asked of a visitor."""

import itertools
import re

from exchanges.actions import practices

from .conftest import LANGUAGES, text

PAGES = (
    "", "charter/", "charter/1/", "charter/1/articles/3/", "charter/?beside=ar", "register/", "register/download/", "verify/", "cities/",
    "cities/tunis/", "practices/", "search/", "search/?q=schoolyards", "about/accessibility/", "about/privacy/", "about/imprint/", "documents/",
)  # fmt: skip


def test_a_visitor_reads_without_leaving_a_trace(world, visitor):
    for path in PAGES:
        answer = visitor.get(f"/fr/{path}")
        assert answer.status_code == 200, path
        assert not answer.cookies and not visitor.cookies, path
        assert answer["Cache-Control"].startswith("public") and answer["Content-Language"] == "fr", path
        again = visitor.get(f"/fr/{path}", headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304 and not again.content and again["ETag"] == answer["ETag"], path
        head = visitor.head(f"/fr/{path}")
        assert head.status_code == 200 and not head.content and head["ETag"] == answer["ETag"], path


def test_pages_say_their_language_and_direction(world, visitor):
    paths = ("", "charter/", "cities/", f"practices/{world.published.pk}/", "apply/", "nowhere/")
    for language, path in itertools.product(LANGUAGES, paths):
        page = text(visitor.get(f"/{language}/{path}"))
        direction = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in page
        assert 'href="#main"' in page and page.count("<main ") == 1 and page.count("<h1") == 1


def test_nothing_runs_that_is_not_a_file_of_ours(world, visitor):
    for path in (*PAGES, "nowhere/", "apply/?q=paris"):
        answer = visitor.get(f"/en/{path}")
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy, path
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin" and "camera=()" in answer["Permissions-Policy"], path
        if answer["Content-Type"].startswith("text/html"):
            page = text(answer)
            assert not re.search(r"<style|\sstyle=|\son\w+=\"", page), path
            assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page)), path
            assert not re.findall(r'(?:src|<link[^>]*href)="(?:https?:)?//', page), path


def test_what_a_member_sees_is_kept_by_nobody(world, at):
    client = at("official_a")
    for path in (
        "",
        "charter/",
        "cities/",
        "practices/",
        "search/?q=note",
        "documents/",
        "rooms/",
        "desk/",
        "practices/write/",
        "nowhere/",
    ):
        answer = client.get(f"/en/{path}")
        assert answer["Cache-Control"] == "private, no-store" and not answer.has_header("ETag"), path
        assert "Cookie" in answer["Vary"], path


def test_pages_with_a_form_are_kept_by_nobody(world, visitor):
    for path in ("/en/apply/", "/en/apply/?q=paris", "/accounts/login/", "/en/desk/", f"/en/apply/{world.unconfirmed.pk}/"):
        assert visitor.get(path)["Cache-Control"].endswith("no-store") or "no-store" in visitor.get(path)["Cache-Control"], path


def test_a_page_that_was_kept_moves_when_something_happens(world, visitor):
    first = visitor.get("/en/practices/")
    practices.publish(world.submitted.pk, actor=world.people["secretariat"])
    again = visitor.get("/en/practices/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200 and again["ETag"] != first["ETag"]


def test_another_language_is_the_same_page(world, visitor):
    page = text(visitor.get("/en/cities/?country=IT&q=bo"))
    assert 'href="/fr/cities/?country=IT&amp;q=bo"' in page


def test_numbers_follow_the_language(world, visitor):
    assert '<dd class="num">١</dd>' in text(visitor.get("/ar/"))
    assert '<dd class="num">1</dd>' in text(visitor.get("/en/"))


MISSING = (
        "/xx/", "/xx/charter/", "/charter/", "/fr/nowhere/", "/fr/charter/2/", "/fr/charter/0/", "/fr/charter/1/articles/99/",
        "/fr/charter/99999999999999999999/", "/fr/cities/atlantis/", "/fr/cities/%00/", "/fr/practices/0/", "/fr/practices/999999999999/",
        "/fr/practices/99999999999999999999999/", "/fr/practices/-1/", "/fr/register/99/certificate/", "/fr/about/nothing/",
        "/fr/apply/999999999999999999999/", "/feeds/xx/practices/", "/fr/%F0%9F%98%80/", "/fr/" + "a" * 3000 + "/",
)  # fmt: skip


def test_what_is_not_there_is_a_page_that_says_so(world, visitor):
    for path in MISSING:
        answer = visitor.get(path)
        assert answer.status_code == 404, path
        assert "There is nothing here" in text(answer) or path.startswith("/fr/"), path
        assert answer["Cache-Control"] == "private, no-store" and "<h1>" in text(answer), path


def test_a_draft_looks_like_nothing_at_all(world, visitor, at):
    def page(client, pk):
        answer = client.get(f"/en/practices/{pk}/")
        return answer.status_code, re.sub(r'value="\w{64}"', "", text(answer).replace(f"/practices/{pk}/", "/practices/N/"))

    unknown = 99_991
    assert page(visitor, world.draft.pk) == page(visitor, unknown)
    assert page(at("official_b"), world.draft.pk) == page(at("official_b"), unknown)
    assert page(at("official_a"), world.draft.pk)[0] == 200


STRANGE = (
        "?page=0", "?page=-1", "?page=9999999999999999", "?page=%00", "?page=a", "?theme=%00", "?theme=" + "x" * 5000, "?language=xx",
        "?target=sdg:999", "?country=%00%00", "?city='--", "?q=%00", "?q=" + "%22" * 50, "?beside=xx", "?in=xx", "?hash=%00", "?signed=maybe",
        "?q=" + "a" * 5000, "?page=1&page=2", "?%00=%00", "?q=%FF%FE", "?expand=maybe", "?form=xls",
)  # fmt: skip


def test_strange_questions_are_answered(world, visitor):
    paths = ("practices/", f"practices/{world.published.pk}/", "cities/", "register/", "verify/", "search/", "charter/", "apply/")
    for query, path in itertools.product(STRANGE, paths):
        assert visitor.get(f"/en/{path}{query}").status_code in (200, 400), (path, query)


def test_a_page_cannot_be_posted_to(world, visitor):
    assert visitor.post("/en/cities/").status_code in (403, 405)


def test_the_demonstration_says_so_on_every_page(world, visitor):
    from members.models import Network

    sentence = "Demonstration network: imagined exchanges, no real commitment."
    assert sentence not in text(visitor.get("/en/"))
    Network.objects.update(demonstration=True)
    for path in ("", "nowhere/", "practices/", "apply/"):
        assert sentence in text(visitor.get(f"/en/{path}"))
    assert sentence in text(visitor.get("/accounts/login/?lang=en"))
