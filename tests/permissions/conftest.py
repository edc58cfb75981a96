import pytest
from django.core.cache import cache
from django.db import transaction

from . import asking
from . import world as worlds


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """One transaction for a whole file, and each row in a savepoint of its own: making the world takes longer than asking it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(db):
    cache.clear()
    made = worlds.made()
    made.cookies = asking.signed_in(made)
    return made
