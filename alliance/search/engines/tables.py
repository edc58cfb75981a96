"""The tables of the embedded engine: how a thing is kept, filtered by and counted."""

import json
import sqlite3

from ..index import Document
from ..thesaurus import narrower
from . import Question
from .showing import stemmed

VERSION = 3  # of the tables below: a file made by another one is set aside and built anew
RANKED = 2000
SCHEMA = """
CREATE TABLE IF NOT EXISTS thing (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, pk INTEGER NOT NULL, version INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0,
  public INTEGER NOT NULL, city TEXT NOT NULL, source TEXT NOT NULL, path TEXT NOT NULL, at TEXT NOT NULL,
  languages TEXT NOT NULL, states TEXT NOT NULL, UNIQUE (kind, pk));
CREATE TABLE IF NOT EXISTS allowed (
  thing INTEGER NOT NULL, token TEXT NOT NULL, PRIMARY KEY (thing, token)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS label (
  thing INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (thing, kind, value)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS label_value ON label (kind, value);
CREATE TABLE IF NOT EXISTS text (
  id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, lang TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS text_thing ON text (thing);
CREATE VIRTUAL TABLE IF NOT EXISTS stem USING fts5(
  title, body, tokenize = "unicode61 remove_diacritics 0 tokenchars '_'", prefix = '2 3');
"""


def put(connection: sqlite3.Connection, document: Document) -> None:
    known = connection.execute("SELECT id, version FROM thing WHERE kind = ? AND pk = ?", (document.kind, document.id)).fetchone()
    if known and known[1] > document.version:
        return
    facts = (
        document.version, int("public" in document.audience), document.city, document.source_language, document.path,
        document.at.isoformat() if document.at else "", " ".join(document.texts), json.dumps(document.states),
    )  # fmt: skip
    if known:
        thing = known[0]
        empty(connection, thing)
        connection.execute(
            "UPDATE thing SET gone = 0, version = ?, public = ?, city = ?, source = ?, path = ?, at = ?, languages = ?, "
            "states = ? WHERE id = ?",
            (*facts, thing),
        )
    else:
        thing = connection.execute(
            "INSERT INTO thing (kind, pk, version, public, city, source, path, at, languages, states) "
            "VALUES (?,?,?,?,?,?,?,?,?,?)",
            (document.kind, document.id, *facts),
        ).lastrowid
    connection.executemany("INSERT INTO allowed VALUES (?, ?)", [(thing, token) for token in document.audience])
    labels = [("theme", theme) for theme in set(document.themes)] + [("target", target) for target in set(document.targets)]
    labels += [("language", lang) for lang in document.texts]
    connection.executemany("INSERT INTO label VALUES (?, ?, ?)", [(thing, kind, value) for kind, value in labels])
    for lang, words in document.texts.items():
        row = connection.execute(
            "INSERT INTO text (thing, lang, title, body) VALUES (?, ?, ?, ?)", (thing, lang, words.title, words.body)
        ).lastrowid
        stems = (stemmed(words.title, lang), stemmed(words.body, lang))
        connection.execute("INSERT INTO stem (rowid, title, body) VALUES (?, ?, ?)", (row, *stems))


def empty(connection: sqlite3.Connection, thing: int) -> None:
    for (row,) in connection.execute("SELECT id FROM text WHERE thing = ?", (thing,)).fetchall():
        connection.execute("DELETE FROM stem WHERE rowid = ?", (row,))
    for table in ("text", "allowed", "label"):
        connection.execute(f"DELETE FROM {table} WHERE thing = ?", (thing,))


def filters(question: Question) -> tuple[str, list]:
    """SQL over `thing`, and what goes into it."""
    tokens = sorted(question.tokens - {"public"})
    parts, given = ["thing.public = 1" if "public" in question.tokens else "0"], []
    if tokens:
        marks = ",".join("?" * len(tokens))
        parts[0] = f"({parts[0]} OR EXISTS (SELECT 1 FROM allowed WHERE allowed.thing = thing.id AND token IN ({marks})))"
        given += tokens
    for column, wanted in (("kind", question.kinds), ("city", question.cities)):
        if wanted:
            parts.append(f"thing.{column} IN ({','.join('?' * len(wanted))})")
            given += wanted
    for kind, wanted in (("language", question.languages), ("theme", _themes(question)), ("target", question.targets)):
        if wanted:
            marks = ",".join("?" * len(wanted))
            parts.append(f"EXISTS (SELECT 1 FROM label WHERE label.thing = thing.id AND label.kind = ? AND value IN ({marks}))")
            given += [kind, *wanted]
    return " AND ".join(parts), given


def _themes(question: Question) -> list[str]:
    return list(dict.fromkeys(one for theme in question.themes for one in narrower(theme)))


def facets_of(connection: sqlite3.Connection, things: list[int]) -> dict[str, dict[str, int]]:
    """Counts over every match: by kind, city, language and theme."""
    chosen = json.dumps(things)
    among = "IN (SELECT value FROM json_each(?))"
    facets: dict[str, dict[str, int]] = {}
    for column in ("kind", "city"):
        rows = connection.execute(
            f"SELECT {column}, count(*) FROM thing WHERE id {among} AND {column} <> '' GROUP BY 1", (chosen,)
        )
        facets[column] = dict(rows.fetchall())
    for kind in ("language", "theme"):
        rows = connection.execute(
            f"SELECT value, count(*) FROM label WHERE kind = ? AND thing {among} GROUP BY 1", (kind, chosen)
        )
        facets[kind] = dict(rows.fetchall())
    return facets
