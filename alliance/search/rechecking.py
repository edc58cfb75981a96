"""The database's last word on what the engine found: the domains' own visibility, in one statement.

Django takes longer to build such a query than a database to answer it, and what is visible to a standing changes with the rows,
not with the moment: so the SQL is built once for each standing, and a server plans it once for each connection.
"""

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from functools import lru_cache

from django.core.exceptions import EmptyResultSet
from django.db.models import CharField, Value
from django.db.models.query import QuerySet

from alliance import database

from .index import INDEXES

_KNOWN = 1024  # statements that are kept: 2 to 4 KB each
_IDS = object()  # stands for the ids in a statement


def visible(actor, wanted: Mapping[str, Iterable[int]]) -> set[tuple[str, int]]:
    """Those of the things in `wanted` (kind → ids) that the domains show to the actor: one query at most."""
    # A Standing is a value; an account is not: what it may see changes while it stays the same account.
    built = _built if actor is None or is_dataclass(actor) else _built.__wrapped__
    parts: list[str] = []
    params: list = []
    for kind, ids in wanted.items():
        if statement := built(kind, actor):
            sql, before, after = statement
            parts.append(sql)
            params += [*before, database.numbers(ids), *after]
    return set(database.planned(" UNION ALL ".join(parts), params)) if parts else set()


@lru_cache(maxsize=_KNOWN)
def _built(kind: str, actor) -> tuple[str, tuple, tuple] | None:
    """SQL for (kind, id) of those among some ids that are visible, its parameters before and after the ids; None: none can be."""
    asked = INDEXES[kind].visible_to(actor).filter(pk__among=_IDS).order_by()
    rows = QuerySet(asked.model, asked.query.chain()).values_list(Value(kind, CharField()), "pk")
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    at = params.index(_IDS)
    return sql, tuple(params[:at]), tuple(params[at + 1 :])
