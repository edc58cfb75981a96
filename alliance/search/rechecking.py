"""The database's last word on what the engine found: the domains' own visibility, in one statement.

Django takes longer to build such a query than a database to answer it, and what is visible to a standing changes with the rows,
not with the moment: so the SQL is built once for each standing, with places for the ids.
"""

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from itertools import chain, repeat

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, Value
from django.db.models.query import QuerySet

from .index import INDEXES

_KNOWN = 1024  # statements that are kept: 2 to 4 KB each
_PLACE = -(2**40)  # stands for the first id, the numbers below it for the others


def visible(actor, wanted: Mapping[str, Iterable[int]]) -> set[tuple[str, int]]:
    """Those of the things in `wanted` (kind → ids) that the domains show to the actor: one query at most."""
    parts: list[str] = []
    params: list = []
    for kind, given in wanted.items():
        ids = list(given)
        places = 1 << (len(ids) - 1).bit_length()  # a power of two, so that few statements serve all pages
        # A Standing is a value; an account is not: what it may see changes while it stays the same account.
        built = _built if actor is None or is_dataclass(actor) else _built.__wrapped__
        if statement := built(kind, actor, places):
            sql, before, after = statement
            parts.append(sql)
            params += chain(before, ids, repeat(ids[-1], places - len(ids)), after)
    if not parts:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return set(cursor.fetchall())


@lru_cache(maxsize=_KNOWN)
def _built(kind: str, actor, places: int) -> tuple[str, tuple, tuple] | None:
    """SQL for (kind, id) of the visible ones among as many ids, its parameters before and after them; None: none can be."""
    stand_ins = [_PLACE - place for place in range(places)]
    asked = INDEXES[kind].visible_to(actor).filter(pk__in=stand_ins).order_by()
    rows = QuerySet(asked.model, asked.query.chain()).values_list(Value(kind, CharField()), "pk")
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    at = params.index(_PLACE)
    if list(params[at : at + places]) != stand_ins:
        raise AssertionError(f"the ids of {kind} do not stand together")
    return sql, tuple(params[:at]), tuple(params[at + places :])
