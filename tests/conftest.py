"""What every test may rely on. The database is a real file (or the server that DATABASE_URL names); tasks run when told to."""

import os
from pathlib import Path

import pytest

from .early import PRIVATE

SERVICES = ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "CLAMD_URL", "S3_URL")


def pytest_collection_modifyitems(items):
    """A test whose service is missing is skipped by name."""
    for item in items:
        for mark in item.iter_markers("service"):
            if not os.environ.get(mark.args[0]):
                item.add_marker(pytest.mark.skip(reason=f"{mark.args[0]} names no server"))


def pytest_terminal_summary(terminalreporter):
    """The last lines name what was not run, so that nobody mistakes a partial run for a whole one."""
    skipped = terminalreporter.stats.get("skipped", [])
    for report in skipped:
        terminalreporter.write_line(f"not run: {report.nodeid}")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    return Path(PRIVATE.name)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """`with committed():` runs what waits for the commit, then every waiting task, as after a real transaction."""
    from contextlib import contextmanager

    from alliance import background

    @contextmanager
    def after():
        with django_capture_on_commit_callbacks(execute=True):
            yield
        background.run_waiting()

    return after


@pytest.fixture(autouse=True, scope="session")
def _patience_with_search():
    """A page waits 0.8 s for Elasticsearch. What is found does not hang on how busy this machine is: those who try that time say so."""
    with pytest.MonkeyPatch.context() as patience:
        if os.environ.get("ELASTICSEARCH_URL"):
            patience.setattr("alliance.search.engines.elastic.PAGE", 30.0)
        yield


@pytest.fixture(autouse=True, scope="session")
def _index_of_this_run():
    """Where a server keeps the index, it begins empty; at the end it is taken away, and those of the networks that tests started."""
    if not os.environ.get("ELASTICSEARCH_URL"):
        yield
        return
    from alliance.search.engines import engine

    engine().clear()
    yield
    server = engine().server
    for name in server.call("GET", f"/{os.environ['SHARED_NAME'].lower()}*?features=aliases&allow_no_indices=true"):
        server.call("DELETE", f"/{name}")


@pytest.fixture(autouse=True)
def _own_index(_index_of_this_run):
    """The index outlives a test's transaction, and numbers come again in the next: what one test indexed, no other finds."""
    yield
    from alliance.search.engines import engine

    if not engine().empty():
        engine().clear()


@pytest.fixture(autouse=True, scope="session")
def _files_of_this_run():
    """Where a bucket keeps the files, those of this run are removed."""
    yield
    if os.environ.get("S3_URL"):
        from django.core.files.storage import default_storage

        default_storage.bucket.objects.filter(Prefix=default_storage.location + "/").delete()


@pytest.fixture(autouse=True, scope="session")
def _flushable():
    """Transactional tests empty the tables afterwards; only there may the append-only guards be lifted."""
    from django.db import connection
    from django.test import TransactionTestCase

    from alliance import database

    flush = TransactionTestCase._fixture_teardown
    guarded = ("ledger_entry", "accord_registerentry")

    def lifted(case):
        with connection.schema_editor() as editor:
            for table in guarded:
                database.lift(editor, table)
        try:
            flush(case)
        finally:
            with connection.schema_editor() as editor:
                for table in guarded:
                    database.guard(editor, table)

    TransactionTestCase._fixture_teardown = lifted
    yield
    TransactionTestCase._fixture_teardown = flush
