"""A refusal must leave every row as it was: what the tests of the domains compare before and after."""

from contextlib import contextmanager

import pytest
from django.apps import apps

APPS = ("members", "accord", "ledger", "usersessions", "account")


def everything() -> dict[str, list[dict]]:
    """Every row of the members' house, the accord and the ledger, as plain values."""
    models = [model for label in APPS for model in apps.get_app_config(label).get_models()]
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}


@contextmanager
def refused(kind, *, field: str | None = None, saying: str = ""):
    """The block is refused with exactly this kind of refusal, in a sentence, and nothing at all has changed by it."""
    before = everything()
    with pytest.raises(kind) as refusal:
        yield
    assert type(refusal.value) is kind
    sentence = str(refusal.value.reason)
    assert sentence.strip().endswith((".", "?")) and saying in sentence, sentence
    if field is not None:
        assert refusal.value.field == field
    assert everything() == before
