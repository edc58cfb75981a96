import pytest

from tests.processes import processes


@pytest.fixture
def words(tmp_path):
    """What the worker processes said."""
    return tmp_path / "words.log"


@pytest.fixture
def workers(transactional_db, tmp_path, words):
    """`workers("one")`: a worker of the smallest house (tests/background/settings.py)."""
    with processes(words, DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="tests.background.settings") as start:
        yield lambda name="trial": start("manage.py", "worker", "--name", name)
