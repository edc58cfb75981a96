"""The public register: as a page, as files, and checked line by line."""

import csv
import io
import json

import pytest
from django.db import connection

from alliance import database
from alliance.accord.actions import signing
from alliance.accord.models import RegisterEntry
from alliance.accord.queries import editions
from alliance.accord.queries import register as lines
from tests.permissions import world as worlds

from .conftest import text


@pytest.fixture
def reserved(world):
    """City a signs with a reservation that a spreadsheet would take for a formula."""
    words = '=HYPERLINK("http://evil.example")<script>'
    signing.sign(world.a.pk, editions.current().sha256, worlds.ACT, reservation=words, actor=world.people["official_a"])
    return world


def test_the_page_names_city_vote_and_words(reserved, visitor):
    page = text(visitor.get("/fr/register/"))
    assert "/fr/cities/tunis/" in page and "1er octobre 2026" in page and "3 / 1 / 0" in page
    assert "=HYPERLINK(&quot;http://evil.example&quot;)&lt;script&gt;" in page
    assert page.index("line-3") < page.index("line-1")


def test_the_file_can_be_checked_by_anybody(reserved, visitor):
    answer = visitor.get("/en/register/download/")
    rows = json.loads(answer.content)
    assert [row["position"] for row in rows] == [1, 2, 3] and lines.first_broken(rows) is None
    rows[1]["facts"]["deliberation"]["votes_for"] = 30
    assert lines.first_broken(rows) == 2


def test_no_word_becomes_a_formula_in_the_table(reserved, visitor):
    answer = visitor.get("/en/register/download/?form=csv")
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == ["signature", "signature", "reservation"]
    assert rows[0]["votes_for"] == "3" and rows[0]["deliberation_reference"] == "D/1"
    assert rows[2]["words"].startswith("'=HYPERLINK")
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t\r" and cell]


def test_a_line_is_found_by_its_seal_or_the_beginning_of_it(world, visitor):
    digest = RegisterEntry.objects.get().hash
    for given in (digest, digest[:12], f" {digest[:16].upper()} "):
        page = text(visitor.get("/en/verify/", {"hash": given}))
        assert "its seal holds" in page and "/en/cities/tunis/" in page and digest in page


def test_an_unknown_seal_is_said_to_be_unknown(world, visitor):
    for given in ["0" * 64, "abc", "zzzzzzzzzzzzzzzz", "\x00" * 20, "' OR 1=1 --", "0" * 5000]:
        answer = visitor.get("/en/verify/", {"hash": given})
        assert answer.status_code == 200 and "No line of the register has this seal" in text(answer), given


@pytest.mark.django_db(transaction=True)
def test_a_line_that_was_tampered_with_does_not_hold(visitor):
    worlds.made()
    with connection.schema_editor() as editor:
        database.lift(editor, "accord_registerentry")
    try:
        entry = RegisterEntry.objects.get()
        RegisterEntry.objects.filter(pk=entry.pk).update(facts={**entry.facts, "text": "never said"})
    finally:
        with connection.schema_editor() as editor:
            database.guard(editor, "accord_registerentry")
    assert "its seal does not hold" in text(visitor.get("/en/verify/", {"hash": entry.hash}))


def test_the_certificate_is_a_pdf(world, visitor):
    answer = visitor.get("/ar/register/1/certificate/")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
