"""What happened to a thing, to whom it may concern."""

from exchanges.queries.history import entry_rows, history_visible_to

from .door import Door
from .openapi import LISTS
from .pagination import listed


class History(Door):
    """`city:42`, `practice:7` …: who sees the thing as an insider sees what happened to it, oldest first."""

    asks = LISTS

    def read(self, request, subject):
        entries = self.found(history_visible_to(self.who, subject))
        return listed(request, entries, lambda page: entry_rows(page, self.who), ("id",))
