"""Databases for processes that tests start: the URL of the test's own, or a fresh one on the server that DATABASE_URL names."""

import atexit
import os
import uuid
from urllib.parse import quote, urlsplit

import psycopg

from alliance import database


def url_of(settings_dict: dict) -> str:
    """The DATABASE_URL that leads another process to the database of these settings (pytest-django's, in a test)."""
    if database.is_embedded(settings_dict):
        return f"sqlite:///{settings_dict['NAME']}"
    person = ":".join(quote(word, safe="") for word in (settings_dict["USER"], settings_dict["PASSWORD"]) if word)
    return f"postgresql://{person}@{settings_dict['HOST']}:{settings_dict['PORT'] or 5432}/{settings_dict['NAME']}"


def fresh_database() -> str | None:
    """The URL of a new, empty database on the server that DATABASE_URL names, dropped when this process ends.

    None where DATABASE_URL names none: each folder then has its own.
    """
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        return None
    name = f"house_{uuid.uuid4().hex[:12]}"
    _tell(server, f"CREATE DATABASE {name}")
    atexit.register(_tell, server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def _tell(server: str, sentence: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sentence)  # type: ignore[call-overload]
