"""What the tests of the exchanges share: a refusal has to leave everything as it was."""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django_tasks_db.models import DBTaskResult

from alliance.ledger.models import Entry
from exchanges.files import scanner

from .clamd import Clamd


def _everything():
    """Every row of the exchanges, the ledger and the waiting tasks, as plain values."""
    models = [*apps.get_app_config("exchanges").get_models(include_auto_created=True), Entry]
    rows = {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}
    return rows | {"tasks": DBTaskResult.objects.count()}


@pytest.fixture
def refused():
    """`with refused(Forbidden) as refusal:` the block is refused with a sentence, and nothing at all has changed by it."""

    @contextmanager
    def watch(kind, *, field=None):
        before = _everything()
        with pytest.raises(kind) as refusal:
            yield refusal
        assert type(refusal.value) is kind
        assert str(refusal.value.reason).strip().endswith((".", "?"))
        if field is not None:
            assert refusal.value.field == field
        assert _everything() == before

    return watch


@pytest.fixture
def impatient(monkeypatch):
    """`with impatient():` a scanner that says nothing is given up soon. Only then: the real one may take its time for a real answer."""

    @contextmanager
    def soon():
        with monkeypatch.context() as patience:
            patience.setattr(scanner, "PATIENCE", 0.6)
            patience.setattr(scanner, "PING_PATIENCE", 0.3)
            yield

    return soon


@pytest.fixture
def clamd():
    """`clamd(answer)`: a scanner of this test's own, begun."""
    started = []

    def start(answer: bytes = b"stream: OK\0") -> Clamd:
        started.append(Clamd(answer))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.go.set()
        each.door.close()
