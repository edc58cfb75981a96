"""What happened to a thing, to whom it may concern."""

from exchanges.queries.history import entry_rows, history_visible_to

from .answers import exchanges as answers
from .answers.parts import page_of
from .door import Door
from .openapi import LISTS
from .pagination import listed


class History(Door):
    """What happened to a thing, oldest first. Who sees the thing as an insider sees it; to everybody else there is none (404)."""

    asks = {"GET": LISTS}
    gives = {"GET": page_of(answers.HistoryEntry)}

    def read(self, request, subject):
        entries = self.found(history_visible_to(self.who, subject))
        return listed(request, entries, lambda page: entry_rows(page, self.who), ("id",))
