"""What differs from one database to another: all of it here, and nowhere else."""

from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.db import migrations


def configuration(url: str | None, data_dir: Path) -> dict:
    """Django's DATABASES entry for DATABASE_URL, or SQLite in `data_dir` without one.

    Raises ImproperlyConfigured with a sentence.
    """
    if not url:
        return sqlite(data_dir / "alliance.sqlite3")
    try:
        given: dict = {**dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)}
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read ({error}). Write it as postgresql://user:password@host:5432/name."
        ) from None
    if given.get("ENGINE") == "django.db.backends.sqlite3":
        return sqlite(Path(given["NAME"]))
    if given.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL names a database we do not know. Write postgresql://… or sqlite:///path.")
    given["ENGINE"] = "alliance.postgresql"
    given["OPTIONS"] = {"connect_timeout": 3, **given.get("OPTIONS", {})}
    given["TEST"] = {"NAME": f"test_{given['NAME']}"}
    return given


def sqlite(path: Path) -> dict:
    """SQLite as a server wants it: one writer at a time waits instead of failing (IMMEDIATE), readers never wait (WAL)."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
        },
        # A file, not memory: an in-memory database hides locking.
        "TEST": {"NAME": path.with_name("test.sqlite3")},
    }


def is_embedded(settings_dict: dict) -> bool:
    """Whether these DATABASES settings are the file that needs no server."""
    return settings_dict["ENGINE"] == "django.db.backends.sqlite3"


_SQLITE_GUARD = """CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
_POSTGRESQL_GUARD = """
CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();
"""


def guard(editor, table: str) -> None:
    """From now on the database itself refuses to change or delete a row of `table`."""
    if editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            editor.execute(_SQLITE_GUARD.format(table=table, verb=verb, VERB=verb.upper()))
    else:
        editor.execute(_POSTGRESQL_GUARD.format(table=table))


def lift(editor, table: str) -> None:
    """The opposite of `guard`."""
    if editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
    else:
        editor.execute(f"DROP FUNCTION IF EXISTS {table}_append_only() CASCADE")


def append_only(table: str) -> migrations.RunPython:
    """`guard` as a migration step."""
    return migrations.RunPython(lambda _apps, editor: guard(editor, table), lambda _apps, editor: lift(editor, table))
