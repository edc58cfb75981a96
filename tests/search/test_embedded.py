"""The embedded engine's own promises: one file, several threads and processes, and what happens when the file is not what it was."""

import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from alliance.errors import Unavailable
from alliance.search.engines import Question, finding, tables
from alliance.search.engines.asking import Asking
from alliance.search.engines.embedded import Embedded
from alliance.search.engines.expression import expression
from alliance.search.words import sought

from .things import ACTORS, EVERYWHERE, thing, world

PUBLIC = frozenset({"public"})
ROOT = Path(__file__).resolve().parents[2]


def ids(engine, text="", **asked) -> list[int]:
    return [hit.id for hit in engine.ask(Question(text, **{"tokens": PUBLIC, "size": 100} | asked)).hits]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "index.sqlite3"


@pytest.fixture
def engine(path):
    return Embedded(path)


# --- how it asks --------------------------------------------------------------------------------------------------------


def test_the_words_lead_and_nothing_else_is_scanned(engine):
    """A plan that begins with anything but the table of words, or joins it, costs many times more."""
    engine.put(world())
    with engine.file.reading() as connection:
        match = expression(Asking(sought("city trees", "en"), {}), tables.tongues(connection), widened=True)
        told = {
            "match": match,
            "title": 1.0,
            "own": 0,
            "factor": 1.0,
            "mask": 63,
            "low": 1,
            "rows": "[]",
            "limit": 10,
            "most": 10,
        }
        for sql in (finding.HELD.replace("?", ":match"), finding.ROWS, finding.NEWEST, *map(_scored, ("", finding.AMONG))):
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", told)]
            scans = [step for step in plan if "SCAN" in step and "json_each" not in step and "subquery" not in step.lower()]
            assert scans and all(step.startswith("SCAN stem VIRTUAL TABLE INDEX") and ":M" in step for step in scans), (sql, plan)
        for sql in (finding.CARD, "SELECT title, body FROM text WHERE id = ?"):
            [step] = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", (1,))]
            assert "USING INTEGER PRIMARY KEY" in step


def _scored(among: str) -> str:
    return finding.SCORED.format(among=among)


def test_of_very_many_matches_the_newest_and_the_titles_are_ranked_and_all_are_counted(engine):
    things = [thing(at, title="Note", body="harbour " + "and more " * (at % 7)) for at in range(1, finding.RANKED + 600)]
    things[10] = thing(11, title="The harbour", body="Old, but in its title.")
    engine.put(things)
    answer = engine.ask(Question("harbour", tokens=PUBLIC, size=100))
    assert answer.total == len(things) == answer.facets["kind"]["practice"]
    assert answer.hits[0].id == 11 and all(hit.id > 500 for hit in answer.hits[1:])
    assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)
    pages = [ids(engine, "harbour", offset=at) for at in range(0, len(things), 100)]
    assert sorted(one for page in pages for one in page) == [one.id for one in things]


def test_a_word_of_very_many_titles_is_ranked_by_titles_alone(engine):
    many = finding.RANKED + 300
    engine.put([thing(at, title="Harbour" if at <= finding.TITLED + 50 else "Note", body="harbour") for at in range(1, many + 1)])
    found = ids(engine, "harbours")
    assert len(found) == 100 and max(found) <= finding.TITLED + 50
    assert engine.ask(Question("harbour", tokens=PUBLIC)).total == many
    pages = [one for at in range(0, many, 100) for one in ids(engine, "harbour", offset=at)]
    assert sorted(pages) == list(range(1, many + 1))


def test_few_that_may_be_seen_among_very_many_are_all_found(engine):
    few = range(1, 3000, 300)
    engine.put([thing(at, body="harbour", audience=frozenset({"room:7" if at in few else "room:8"})) for at in range(1, 3000)])
    assert sorted(ids(engine, "harbour", tokens=frozenset({"room:7"}))) == list(few)


# --- several threads and processes --------------------------------------------------------------------------------------

WRITER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings"
import django; django.setup()
from alliance.search.engines.embedded import Embedded
from alliance.search.engines.expression import expression
from tests.search.things import thing
engine = Embedded(sys.argv[1])
first = int(sys.argv[2])
for number in range(first, first + 150):
    engine.put([thing(number, title=f"Harbour {number}")])
    if number % 10 == 0:
        engine.drop("practice", number, 2)
"""


def test_two_processes_write_at_once_while_a_third_asks_and_rebuilds(engine, path):
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, path, str(first)], env=surroundings, stderr=subprocess.PIPE)
        for first in (1000, 2000)
    ]
    rebuilt, totals = 0, []
    while any(writer.poll() is None for writer in writers):
        totals.append(engine.ask(Question("harbours", tokens=PUBLIC)).total)
        if totals[-1] > 30 and rebuilt < 3:
            engine.rebuild(_all_in(engine))  # what the writers add meanwhile has to survive the swap
            rebuilt += 1
        time.sleep(0.01)
    told = [writer.communicate()[1].decode()[-2000:] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], told
    assert rebuilt
    answer = engine.ask(Question("harbour", tokens=PUBLIC))
    assert answer.total == 2 * 135 == answer.facets["kind"]["practice"]


def _all_in(engine):
    with engine.file.reading() as connection:
        things = [change for change in tables.changes(connection, 0) if not isinstance(change, tuple)]
    for one in things:
        time.sleep(0.002)
        yield one


def test_threads_ask_while_one_writes(engine):
    engine.put(world())
    failed, stop = [], threading.Event()

    def asks():
        while not stop.is_set():
            try:
                answer = engine.ask(Question(EVERYWHERE, tokens=ACTORS["official of A and B"], size=5))
                assert answer.total >= 100 and len(answer.hits) == 5
            except Exception as error:
                failed.append(error)
                return

    askers = [threading.Thread(target=asks) for _asker in range(4)]
    for asker in askers:
        asker.start()
    for number in range(1000, 1080):
        engine.put([thing(number, body=EVERYWHERE, city=f"city-{number}", themes=(f"theme-{number}",))])
    engine.rebuild(world())
    stop.set()
    for asker in askers:
        asker.join()
    assert not failed


def test_a_change_by_another_engine_object_is_seen_at_once(engine, path):
    other = Embedded(path)
    engine.put([thing(1)])
    assert ids(other) == ids(engine) == [1]
    other.put([thing(1, version=2, audience=frozenset({"room:1"}))])
    assert ids(engine) == [] and ids(engine, "trees") == []
    other.rebuild([thing(5, title="Harbour")])
    assert ids(engine) == [5] and ids(engine, "harbour") == [5]
    other.clear()
    assert ids(engine) == []


def test_a_put_that_fails_half_way_leaves_nothing(engine):
    def two():
        yield thing(1, themes=("new-theme",))
        raise RuntimeError("the second one cannot be read")

    with pytest.raises(RuntimeError):
        engine.put(two())
    assert ids(engine) == []
    engine.put([thing(2, themes=("other-theme",))])
    assert engine.ask(Question("", tokens=PUBLIC)).facets["theme"] == {"other-theme": 1}


def test_a_swap_leaves_one_generation_behind(engine, path):
    for _turn in range(3):
        engine.rebuild(world(20))
        ids(engine)
    generations = {name.split("-")[0] for name in os.listdir(path.parent) if len(name.split("-")[0].split(".")) == 3}
    assert generations - {"index.sqlite3.lock", "index.sqlite3.rebuild"} == {path.readlink().name}


# --- the file is not what it was ----------------------------------------------------------------------------------------


def _spoil(path: Path) -> None:
    path.write_bytes(b"This is no database, whatever its name says. " * 100)


def _other_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version={tables.VERSION + 1}")
    connection.close()


def _foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE something (else_ TEXT)")
    connection.close()


@pytest.mark.parametrize("spoil", [_spoil, _other_version, _foreign])
def test_a_file_that_cannot_be_used_is_set_aside_and_built_anew(path, spoil, caplog):
    Embedded(path).put([thing(1)])
    _close(path)
    spoil(path)
    engine = Embedded(path)
    with caplog.at_level(logging.WARNING), pytest.raises(Unavailable) as refusal:
        engine.ask(Question("tree", tokens=PUBLIC))
    assert refusal.value.part == "search"
    assert "cannot be used" in caplog.text and str(path) in caplog.text
    assert path.with_name("index.sqlite3.aside").exists()
    assert engine.state() == "degraded" and not engine.built()
    engine.put([thing(1)])
    assert engine.rebuild([thing(1), thing(2)]) == {"practice": 2}
    assert engine.state() == "ok" and engine.built() and sorted(ids(engine, "trees")) == [1, 2]


def test_a_file_that_goes_bad_while_it_is_used_is_set_aside(path, caplog):
    engine = Embedded(path)
    engine.put(world())
    assert ids(engine, EVERYWHERE)
    _close(path)
    real = path.resolve()
    with real.open("r+b") as file:  # the header stays, the pages behind it are lost
        length = real.stat().st_size
        file.seek(8192)
        file.write(b"\xa5" * (length - 8192))
    again = Embedded(path)
    with caplog.at_level(logging.WARNING), pytest.raises(Unavailable):
        for text in (EVERYWHERE, "trees", ""):
            again.ask(Question(text, tokens=PUBLIC))
    again.rebuild(world())
    assert again.state() == "ok" and ids(again, EVERYWHERE)


def test_a_file_that_is_deleted_while_it_is_used_begins_anew(engine, path):
    engine.put([thing(1)])
    assert ids(engine) == [1]
    for name in os.listdir(path.parent):
        (path.parent / name).unlink()
    assert ids(engine) == [] and not engine.built()
    engine.put([thing(2)])
    assert ids(engine) == [2] and engine.state() == "ok"


def test_a_place_where_nothing_can_be_written_is_a_resting_engine(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    engine = Embedded(tmp_path / "file" / "index.sqlite3")
    assert engine.state() == "down"
    for work in (
        lambda: ids(engine),
        lambda: engine.put([thing(1)]),
        lambda: engine.drop("practice", 1, 1),
        lambda: engine.rebuild([]),
    ):
        with pytest.raises(Unavailable):
            work()


def test_tidying_changes_no_answer(engine):
    for one in world(60):
        engine.put([one])
    before = engine.ask(Question(EVERYWHERE, tokens=PUBLIC))
    engine.tidy()
    assert engine.ask(Question(EVERYWHERE, tokens=PUBLIC)) == before
    with engine.file.reading() as connection:
        segments = connection.execute("SELECT count(*) FROM stem_idx").fetchone()[0]
    assert segments < 40


def test_more_languages_than_the_numbers_hold_are_kept_without_harm(engine):
    engine.put([thing(at, lang=f"x{at}", title="Harbour") for at in range(1, 80)])
    answer = engine.ask(Question("harbour", tokens=PUBLIC, size=100))
    assert answer.total == tables.TONGUES_MOST
    assert ids(engine, "harbour", languages=("x64",)) == [64] and ids(engine, languages=("x1",)) == [1]
    assert len(ids(engine, size=100)) == 79


def _close(path: Path) -> None:
    """Bring all of the log into the file, as the last one who leaves does."""
    connection = sqlite3.connect(path.resolve())
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
