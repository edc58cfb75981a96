"""The database's last word on what the engine found: the domains' own visibility, in one statement.

Django takes longer to build such a query than a database to answer it, and what is visible to a standing changes with the rows,
not with the moment: so the SQL is built once for each standing, and a server plans it once for each connection.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import lru_cache

from django.core.exceptions import EmptyResultSet
from django.db.models import CharField, Value
from django.db.models.query import QuerySet

from alliance import database

from .index import INDEXES

_KNOWN = 1024  # statements that are kept: 1 KB each, five for a standing
_JOINED = 256  # and as they are asked together


@dataclass(frozen=True)
class _Ids:
    """Stands for the ids of a kind among the parameters of a statement."""

    kind: str


def visible(actor, wanted: Mapping[str, Iterable[int]]) -> set[tuple[str, int]]:
    """Those of the things in `wanted` (kind → ids) that the domains show to the actor: one query at most."""
    statement, params = _kept(_together, actor)(tuple(sorted(wanted)), actor)
    given = [database.numbers(wanted[one.kind]) if isinstance(one, _Ids) else one for one in params]
    return set(database.planned(statement, given)) if statement else set()


def _kept(made, actor):
    """A Standing is a value; an account is not: what it may see changes while it stays the same account."""
    return made if actor is None or is_dataclass(actor) else made.__wrapped__


@lru_cache(maxsize=_JOINED)
def _together(kinds: tuple[str, ...], actor) -> tuple[str, tuple]:
    """One statement for things of these kinds, and its parameters; empty when none can be visible."""
    statements = [statement for kind in kinds if (statement := _kept(_built, actor)(kind, actor))]
    return " UNION ALL ".join(sql for sql, _params in statements), tuple(one for _sql, params in statements for one in params)


@lru_cache(maxsize=_KNOWN)
def _built(kind: str, actor) -> tuple[str, tuple] | None:
    """SQL for (kind, id) of those among some ids that are visible, and its parameters; None: none can be."""
    asked = INDEXES[kind].visible_to(actor).filter(pk__among=_Ids(kind)).order_by()
    rows = QuerySet(asked.model, asked.query.chain()).values_list(Value(kind, CharField()), "pk")
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return None
