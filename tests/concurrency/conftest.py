import pytest

from tests.permissions import world as worlds


@pytest.fixture
def world(transactional_db):
    """The world of the permission table, committed: threads see it on connections of their own."""
    return worlds.made()
