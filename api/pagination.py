"""Lists by cursor: `{"next", "previous", "results"}`, `?page_size=` up to 100."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

from alliance.errors import Invalid


def number_asked(request, name: str) -> int | None:
    """A whole number of the query, None where it is not asked. Raises Invalid for anything else."""
    given = request.query_params.get(name)
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 15:
        raise Invalid(_("“%(name)s” is a whole number.") % {"name": name}, field=name)
    return int(given)


def rows_asked(request, unless_told: int, most: int = 100) -> int:
    """`?page_size=`, from 1 to `most`; 0 is as good as nothing told."""
    return min(number_asked(request, "page_size") or unless_told, most)


class ByCursor(CursorPagination):
    """DRF's cursor, over plain rows, with every bad cursor a 400."""

    page_size = 50
    page_size_query_param = "page_size"
    ordering = "-id"

    def get_page_size(self, request):
        return rows_asked(request, self.page_size)

    def decode_cursor(self, request):
        cursor = super().decode_cursor(request)
        if cursor and "\x00" in (cursor.position or ""):  # PostgreSQL takes no NUL, and SQLite would find something
            raise NotFound
        return cursor

    def paginate_queryset(self, queryset, request, view=None):
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, OverflowError, NotFound):
            raise Invalid(_("This cursor is not one of ours. Please begin with the first page."), field="cursor") from None


def listed(
    request,
    queryset: QuerySet,
    rows: Callable[[QuerySet], list[dict]],
    ordering: tuple[str, ...] = ("-id",),
    *,
    known_by: str = "id",
) -> Response:
    """One page of `queryset` in `ordering` (its last field unique), as `rows` makes it: a query for the ids, then its own.

    `known_by` is the unique field that the rows carry, where that is not the id.
    """
    pages = ByCursor()
    pages.ordering = ordering  # type: ignore[assignment]
    columns = [field.lstrip("-") for field in ordering]
    # A plain QuerySet: no text is read here, and modeltranslation would look every row over for one.
    plain: QuerySet = QuerySet(queryset.model, queryset.query.chain(), queryset.db)
    page = pages.paginate_queryset(plain.order_by(*ordering).values(*{"id", known_by, *columns}), request)
    places = {row[known_by]: place for place, row in enumerate(page)}
    found = rows(queryset.model._default_manager.filter(pk__in=[row["id"] for row in page])) if places else []
    found.sort(key=lambda row: places[row[known_by]])
    return pages.get_paginated_response(found)
