"""The engines under the same tests: the embedded one always, Elasticsearch where a server is named."""

import os

import pytest

ENGINES = ["embedded", *(["elastic"] if os.environ.get("ELASTICSEARCH_URL") else [])]


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path):
    """An empty engine of this test's own."""
    if request.param == "embedded":
        from alliance.search.engines.embedded import Embedded

        yield Embedded(tmp_path / "index.sqlite3")
        return
    from alliance.search.engines.elastic import Elastic

    made = Elastic(os.environ["ELASTICSEARCH_URL"], f"test-{os.getpid()}-{tmp_path.name}"[:80], at_once=True)
    try:
        yield made
    finally:
        made.remove()


def pytest_terminal_summary(terminalreporter, config):
    """How alike the engines are, for the reader of a run."""
    from .test_parity import SAID

    if said := config.stash.get(SAID, ""):
        terminalreporter.write_line(said)
