"""What differs from one database to another: all of it here, and nowhere else."""

import json
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connection, connections, migrations
from django.db.models import Field, Lookup

from alliance import environment

EXAMPLE = "postgresql://user:password@host:5432/name"


def configuration(url: str | None, data_dir: Path) -> dict:
    """Django's DATABASES entry for DATABASE_URL, or SQLite in `data_dir` without one.

    Raises ImproperlyConfigured with a sentence.
    """
    url = (url or "").strip()
    if not url:
        return sqlite(data_dir / "alliance.sqlite3")
    scheme = url.partition(":")[0].lower()
    if scheme == "sqlite":
        return sqlite(Path(dj_database_url.parse(url)["NAME"] or data_dir / "alliance.sqlite3"))
    if scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"DATABASE_URL names a database that we do not know: write {EXAMPLE}, or sqlite:///path.")
    environment.parsed("DATABASE_URL", url, ("postgres", "postgresql"), EXAMPLE)
    try:
        given: dict = {**dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)}
    except (ValueError, KeyError):
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: write it as {EXAMPLE}.") from None
    if not given["NAME"]:
        raise ImproperlyConfigured(f"DATABASE_URL names no database: write it as {EXAMPLE}.")
    given["ENGINE"] = "alliance.postgresql"
    given["OPTIONS"] = {**_LIVELY, **given.get("OPTIONS", {})}
    given["TEST"] = {"NAME": f"test_{given['NAME']}"}
    return given


# A server that vanished without a word (a pulled plug) is noticed within a minute; the system alone would take two hours.
_LIVELY = {
    "connect_timeout": 3,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
    "application_name": "alliance",
}


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


class Behind(ImproperlyConfigured):
    """The database wants migrations."""


class Empty(Behind):
    """The database has nothing of ours yet."""


def check_level() -> None:
    """Raises ImproperlyConfigured, with a sentence, unless the database answers and is level with the code.

    An older one is Behind, one without anything of ours Empty.
    """
    from django.db.migrations.executor import MigrationExecutor

    variable = _variable()
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    except Error as error:
        raise ImproperlyConfigured(sentence(error) or f"{variable}: {error}") from None
    applied = set(executor.loader.applied_migrations)
    ours = {known for known in applied if known[0] in executor.loader.migrated_apps}
    if ours - set(executor.loader.disk_migrations):
        raise ImproperlyConfigured(f"{variable}: this database was made by a newer release; update the code first.")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        kind, state = (Behind, "is older than the code") if applied else (Empty, "is empty")
        raise kind(f"{variable}: this database {state}; run manage.py migrate first (manage.py start does it too).")


def sentence(error: BaseException) -> str | None:
    """What an operator is told of a database that failed: the variable, the reason, and what to do. None for a fault of ours.

    The drivers tell most of these apart by words alone.
    """
    settings_dict, variable = connections[DEFAULT_DB_ALIAS].settings_dict, _variable()
    words = " ".join(str(error).split())
    if "no such table" in words or getattr(error.__cause__, "sqlstate", None) == "42P01":
        return f"{variable}: this database is empty or older than the code; run manage.py migrate first."
    if "not a database" in words or "malformed" in words:
        return f"{variable}: the file {settings_dict['NAME']} is damaged or not a database; put its last copy in its place."
    if "invalid connection option" in words:
        return f"DATABASE_URL holds an option that PostgreSQL does not know: write it as {EXAMPLE}."
    if not isinstance(error, AWAY):
        return None
    if is_embedded(settings_dict):
        folder = Path(settings_dict["NAME"]).parent
        if "locked" in words:
            return f"{variable}: another program keeps the database in {folder} locked; end it, or wait until it is done."
        return environment.unwritable(variable, folder, error)
    server = f"{settings_dict['HOST'] or 'this machine'}, port {settings_dict['PORT'] or 5432}"
    for mark, told in _REASONS:
        if mark in words.lower():
            return f"DATABASE_URL: {told.format(server=server, **settings_dict)}"
    return f"DATABASE_URL: the database at {server} does not answer ({re.split('FATAL: |failed: ', words)[-1].strip()})."


AWAY = (OperationalError, InterfaceError)  # how Django says that the database is gone, frozen, full, or out of breath
_REASONS = (
    ("password", "the server at {server} refuses the user “{USER}” (wrong password); correct the user or the password."),
    ("no pg_hba.conf entry", "the server at {server} refuses the user “{USER}” from here; allow it in the server’s pg_hba.conf."),
    ("role", "the server at {server} does not know the user “{USER}”; correct it, or make it with createuser."),
    ("does not exist", "the server at {server} has no database “{NAME}”; correct the name, or make it with createdb."),
    ("refused", "no server answers at {server} (connection refused); start it, or correct the address."),
    ("timeout", "no server answers at {server} (nothing came in time); start it, or correct the address."),
    ("resolve", "nobody knows the host of {server} (name not found); correct the address."),
    ("name or service", "nobody knows the host of {server} (name not found); correct the address."),
    ("too many", "the server at {server} takes no more connections; raise its max_connections, or run fewer processes."),
    ("no space left", "the disk of the server at {server} is full; make room there."),
)


def _variable() -> str:
    return "DATABASE_URL" if os.environ.get("DATABASE_URL") else "DATA_DIR"


@Field.register_lookup
class Among(Lookup):
    """`pk__among=numbers(ids)`: one of any number of whole numbers, which take one parameter together, so that the SQL stays."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*params, self.rhs]  # noqa: S608 - the name of a column

    def as_postgresql(self, compiler, connection):
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s::bigint[])", [*params, self.rhs]


def numbers(ids: Iterable[int]):
    """Whole numbers as the parameter of Among."""
    said = json.dumps(list(ids))
    return f"{{{said[1:-1]}}}" if connection.vendor == "postgresql" else said


def planned(sql: str, params: Sequence) -> list[tuple]:
    """The rows of a statement that is asked again and again: each connection plans it once."""
    opened = getattr(connection, "planning_cursor", connection.cursor)  # SQLite keeps what it planned by itself
    with opened() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


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
