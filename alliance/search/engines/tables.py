"""The tables of the embedded engine: how a thing is kept, and what it is filtered and counted by.

`thing` is narrow: one row for everything that may be found, all numbers, which every process mirrors in memory (mirror.py).
What these numbers say stands in `value`, which only grows. `card` remembers also what is gone. `text` holds the words, `stem`
(FTS5) their stems. A row of both has the number `thing << SHIFT | tongue`: one for each language, and the thing can be read
off it without a join.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime

from alliance.languages.folding import fold, words_alone
from alliance.languages.stemming import stemmed, stems
from alliance.languages.tongues import CODES

from ..index import Document, Text
from .expression import tag_of, tagged
from .mirror import languages_of, said

VERSION = 11  # of what follows and of the stems in it: a file made by another one is set aside and built anew
SHIFT = 6  # bits of a row's number that say the language
TONGUES_MOST = 1 << SHIFT
LONGEST = 400_000  # characters of a text that are kept
SCHEMA = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE value (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, value));
CREATE TABLE tongue (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, audience INTEGER NOT NULL, kind INTEGER NOT NULL, city INTEGER NOT NULL, themes INTEGER NOT NULL,
  targets INTEGER NOT NULL, languages INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE TABLE card (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, pk INTEGER NOT NULL, version INTEGER NOT NULL, gone INTEGER NOT NULL,
  changed INTEGER NOT NULL, path TEXT NOT NULL, source TEXT NOT NULL, at TEXT NOT NULL, known TEXT NOT NULL, UNIQUE (kind, pk));
CREATE INDEX card_changed ON card (changed);
CREATE TABLE text (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE beginning (
  word TEXT NOT NULL, tongue INTEGER NOT NULL, stem TEXT NOT NULL, PRIMARY KEY (word, tongue)) WITHOUT ROWID;
CREATE VIRTUAL TABLE stem USING fts5(title, body, tokenize = 'ascii');
"""
# `beginning` stands in for FTS5's own prefix index, which would cover the bodies too: the words of titles, for a word half typed.


def _number(connection: sqlite3.Connection, kind: str, value) -> int:
    row = connection.execute("SELECT id FROM value WHERE kind = ? AND value = ?", (kind, said(value))).fetchone()
    if row:
        return row[0]
    return connection.execute("INSERT INTO value (kind, value) VALUES (?, ?)", (kind, said(value))).lastrowid  # type: ignore[return-value]


def tongues(connection: sqlite3.Connection) -> dict[str, int]:
    """The languages that the index holds: code → number."""
    return dict(connection.execute("SELECT code, id FROM tongue").fetchall())


def _numbered(connection: sqlite3.Connection, codes: Iterable[str]) -> dict[str, int]:
    """The numbers of some languages; one too many has none."""
    known = tongues(connection)
    for code in codes:
        if code not in known and len(known) < TONGUES_MOST:
            known[code] = len(known)
            connection.execute("INSERT INTO tongue VALUES (?, ?)", (known[code], code))
    return {code: known[code] for code in codes if code in known}


def put(connection: sqlite3.Connection, document: Document) -> bool:
    """Keep a thing, unless it is known better. Returns whether it was kept."""
    known = _known(connection, document.kind, document.id)
    if known and (document.version, 0) < (known[1], known[2]):
        return False
    thing = known[0] if known else None
    if thing is not None:
        empty(connection, thing)
    texts = {code: (number, document.texts[code]) for code, number in _numbered(connection, _in_order(document)).items()}
    facts = {"languages": list(texts), "states": document.states, "stale": sorted(document.stale)}
    thing = _card(
        connection, thing, document.kind, document.id, document.version, 0, _clean(document.path),
        _clean(document.source_language), document.at.isoformat() if document.at else "", said(facts),
    )  # fmt: skip
    numbers = (
        _number(connection, "audience", sorted(document.audience)),
        _number(connection, "kind", document.kind),
        _number(connection, "city", document.city),
        _number(connection, "themes", sorted(set(document.themes))),
        _number(connection, "targets", sorted(set(document.targets))),
        languages_of([number for number, _text in texts.values()]),
        int(document.at.timestamp()) if document.at else 0,
    )
    connection.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (thing, *numbers))
    for code, (number, text) in texts.items():
        _put_text(connection, thing << SHIFT | number, code, number, text)
    return True


def _in_order(document: Document) -> list[str]:
    """The languages of a thing: the source first, then in the order of the interface."""
    order = [document.source_language, *CODES, *sorted(set(document.texts) - set(CODES))]
    return [code for code in dict.fromkeys(order) if code in document.texts]


def drop(connection: sqlite3.Connection, kind: str, pk: int, version: int) -> None:
    """Forget a thing up to `version` (0: up to the one that is kept), and remember that."""
    known = _known(connection, kind, pk)
    if known and (known[2] or (version and version < known[1])):
        if known[2] and version > known[1]:
            connection.execute("UPDATE card SET version = ?, changed = ? WHERE id = ?", (version, _change(connection), known[0]))
        return
    if known:
        empty(connection, known[0])
    _card(connection, known[0] if known else None, kind, pk, max(version, known[1] if known else 0), 1, "", "", "", "{}")


def _known(connection: sqlite3.Connection, kind: str, pk: int) -> tuple[int, int, int] | None:
    return connection.execute("SELECT id, version, gone FROM card WHERE kind = ? AND pk = ?", (kind, pk)).fetchone()


def _change(connection: sqlite3.Connection) -> int:
    return last_change(connection) + 1


def last_change(connection: sqlite3.Connection) -> int:
    """The number of the last put or drop."""
    return connection.execute("SELECT coalesce(max(changed), 0) FROM card").fetchone()[0]


def _card(connection: sqlite3.Connection, thing: int | None, kind: str, pk: int, version: int, gone: int, *facts) -> int:
    row = (thing, kind, pk, version, gone, _change(connection), *facts)
    return connection.execute("REPLACE INTO card VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row).lastrowid  # type: ignore[return-value]


def _put_text(connection: sqlite3.Connection, row: int, code: str, number: int, text: Text) -> None:
    title, body = _clean(text.title), _clean(text.body)
    connection.execute("INSERT INTO text VALUES (?, ?, ?)", (row, title, body))
    tag = tag_of(number)
    held = [_stems(words, code, tag) for words in (title, body)]
    connection.execute("INSERT INTO stem (rowid, title, body) VALUES (?, ?, ?)", (row, *held))
    words = {}
    for word in words_alone(title):
        if found := stems(word, code):
            words[fold(word, code)] = words[found[0]] = found[0]
    connection.executemany(
        "INSERT OR IGNORE INTO beginning VALUES (?, ?, ?)", [(word, number, stem) for word, stem in words.items()]
    )


def _stems(text: str, code: str, tag: str) -> str:
    """The first stems in the order of the words, so that phrases can be met; then the second ones."""
    running, others = stemmed(text, code)
    return f"{tagged(running, tag)} _ {tagged(others, tag)}" if others else tagged(running, tag)


def _clean(text: str) -> str:
    return text[:LONGEST].replace("\x00", " ").encode("utf-8", "replace").decode()


def empty(connection: sqlite3.Connection, thing: int) -> None:
    """Take a thing's words and facts out; its card stays."""
    connection.execute("DELETE FROM thing WHERE id = ?", (thing,))
    low, high = thing << SHIFT, (thing << SHIFT) + TONGUES_MOST - 1
    rows = connection.execute("SELECT id FROM text WHERE id BETWEEN ? AND ?", (low, high)).fetchall()
    connection.executemany("DELETE FROM stem WHERE rowid = ?", rows)
    connection.execute("DELETE FROM text WHERE id BETWEEN ? AND ?", (low, high))


def changes(connection: sqlite3.Connection, since: int) -> Iterator[Document | tuple[str, int, int]]:
    """What was put (a Document) or dropped (kind, id, version) after a change, and every drop that is remembered."""
    codes = {number: code for code, number in tongues(connection).items()}
    rows = connection.execute("SELECT * FROM card WHERE changed > ? OR gone = 1 ORDER BY changed", (since,)).fetchall()
    for thing, kind, pk, version, gone, _changed, path, source, at, facts in rows:
        if gone:
            yield kind, pk, version
            continue
        low, high = thing << SHIFT, (thing << SHIFT) + TONGUES_MOST - 1
        texts = {
            codes[row & (TONGUES_MOST - 1)]: Text(title, body)
            for row, title, body in connection.execute("SELECT * FROM text WHERE id BETWEEN ? AND ?", (low, high))
        }
        numbers = connection.execute("SELECT audience, city, themes, targets FROM thing WHERE id = ?", (thing,)).fetchone()
        audience, city, themes, targets = (
            json.loads(connection.execute("SELECT value FROM value WHERE id = ?", (number,)).fetchone()[0]) for number in numbers
        )
        known = json.loads(facts)
        yield Document(
            kind=kind, id=pk, version=version, source_language=source, texts=texts, audience=frozenset(audience), path=path,
            themes=tuple(themes), targets=tuple(targets), city=city, at=datetime.fromisoformat(at) if at else None,
            states=known["states"], stale=frozenset(known["stale"]),
        )  # fmt: skip
