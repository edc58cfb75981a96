"""The register is a chain that anybody can recompute, and that the database does not let change."""

import hashlib
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from alliance import database
from alliance.accord.actions import signing
from alliance.accord.models import RegisterEntry
from alliance.accord.queries import register
from tests import factories

from .conftest import ACT


@pytest.fixture
def lines(edition) -> list[dict]:
    """Five published lines of four cities."""
    for number, slug in enumerate(("bologna", "dakar", "lyon", "porto")):
        city = factories.city(slug)
        words = "Con riserva." if number == 1 else ""
        signing.sign(city.pk, edition.sha256, ACT, reservation=words, actor=factories.official(city, "signatory"))
    return published()


def published() -> list[dict]:
    return json.loads(json.dumps([register.line(entry) for entry in register.register()]))


def test_a_stranger_recomputes_the_chain_from_what_is_published(lines):
    previous = "0" * 64
    for position, line in enumerate(lines, 1):
        covered = {name: value for name, value in line.items() if name != "hash"}
        canonical = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert line["position"] == position and line["previous_hash"] == previous
        assert hashlib.sha256(canonical).hexdigest() == line["hash"]
        previous = line["hash"]
    assert len(lines) == 5 and register.first_broken(lines) is None
    assert register.first_broken([]) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("city", "rome"), ("kind", "withdrawal"), ("edition", 2), ("edition_sha256", "0" * 64), ("at", "2020-01-01T00:00:00.000000Z"),
        ("facts", {}), ("previous_hash", "1" * 64), ("hash", "2" * 64), ("position", 7),
    ],
)  # fmt: skip
@pytest.mark.parametrize("position", [1, 3, 5])
def test_any_change_is_found_at_the_first_broken_position(lines, position, name, value):
    lines[position - 1][name] = value
    assert register.first_broken(lines) == position


def test_a_missing_a_swapped_and_a_resealed_line_are_found(lines):
    assert register.first_broken(lines[:2] + lines[3:]) == 3
    assert register.first_broken([lines[1], lines[0], *lines[2:]]) == 1
    lines[2]["city"] = "rome"
    lines[2]["hash"] = register.seal(lines[2])
    assert register.first_broken(lines) == 4, "who reseals a line breaks the next one"
    del lines[0]["facts"]
    assert register.first_broken(lines) == 1


def test_the_database_refuses_to_change_or_delete_a_line(lines):
    for change in (
        lambda: RegisterEntry.objects.filter(position=2).update(city_slug="rome"),
        lambda: RegisterEntry.objects.filter(position=2).delete(),
        lambda: RegisterEntry.objects.all().delete(),
        lambda: RegisterEntry.objects.get(position=2).save(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert published() == lines


def test_the_ledger_is_append_only_too(lines):
    from alliance.ledger.models import Entry

    count = Entry.objects.count()
    for change in (lambda: Entry.objects.update(name="other"), lambda: Entry.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert Entry.objects.count() == count and not Entry.objects.filter(name="other").exists()


def test_the_command_says_that_it_holds(lines, capsys):
    call_command("verify_register")
    assert "The register holds: 5 lines." in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_command_names_the_first_broken_position(transactional_db):
    edition = factories.edition()
    for slug in ("bologna", "dakar", "lyon"):
        city = factories.city(slug)
        signing.sign(city.pk, edition.sha256, ACT, actor=factories.official(city, "signatory"))
    with connection.schema_editor() as editor:  # as somebody with the database file in hand would
        database.lift(editor, "accord_registerentry")
    try:
        RegisterEntry.objects.filter(position=2).update(city_slug="rome")
        with pytest.raises(CommandError, match="broken at position 2") as broken:
            call_command("verify_register")
        assert broken.value.returncode == 1
    finally:
        with connection.schema_editor() as editor:
            database.guard(editor, "accord_registerentry")


def test_a_line_is_found_by_its_hash_or_the_beginning_of_it(lines):
    digest = lines[2]["hash"]
    assert register.entry_by_hash(digest).position == 3
    assert register.entry_by_hash(f" {digest[:12].upper()} ").position == 3
    for other in ("", digest[:11], "0" * 64, "%", "\x00", "x" * 10_000, "_" * 12, "💥" * 12):
        assert register.entry_by_hash(other) is None


def test_the_site_and_the_api_publish_the_same_lines(lines, client):
    read = client.get("/api/v1/accord/register/?page_size=100").json()["results"]
    names = set(lines[0])
    assert [{name: line[name] for name in names} for line in read] == lines
    page = client.get("/ar/register/")
    assert page.status_code == 200 and all(line["hash"][:8] in page.content.decode() for line in lines)
