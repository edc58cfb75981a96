"""The indices behind one name: the one in use, the one that is built beside it, and what others left behind."""

import re
import secrets
from collections.abc import Iterator
from typing import Any

from elasticsearch import Elasticsearch

from . import shapes

NOT_THERE = 404


class Indices:
    """`used` is the alias of the index in use, with the version of its making; `next` stands for one that is being built.

    An index is only ever written to by an alias: by its own name, one that has gone would be made anew without its mapping.
    """

    def __init__(self, name: str):
        self._name = name
        self.used = f"{name}-v{shapes.VERSION}"
        self.next = f"{self.used}-next"

    def begin(self, client: Elasticsearch) -> None:
        """An empty index, when there is none."""
        made = self.make(client, built=False)
        # Another process may have been quicker; then its index is the one.
        if client.indices.exists_alias(name=self.used):
            client.indices.delete(index=made)
        else:
            client.indices.put_alias(index=made, name=self.used)

    def make(self, client: Elasticsearch, *, built: bool) -> str:
        """A new index that nobody uses yet: its name."""
        made = f"{self.used}-{secrets.token_hex(6)}"
        client.indices.create(index=made, **shapes.index(built=built))
        return made

    def swap(self, client: Elasticsearch, made: str) -> None:
        """From now on `made` is the index in use; the one before goes in the same moment."""
        client.indices.update_aliases(
            actions=[
                {"add": {"index": made, "alias": self.used}},
                {"remove": {"index": made, "alias": self.next, "must_exist": False}},
                *({"remove_index": {"index": old}} for old in self.in_use(client)),
            ]
        )

    def in_use(self, client: Elasticsearch) -> list[str]:
        """The index in use, by its own name; none when there is none."""
        return names(client.options(ignore_status=NOT_THERE).indices.get_alias(name=self.used))

    def clear_away(self, client: Elasticsearch) -> None:
        """Remove what an interrupted building left behind, and what earlier versions made once ours is in use."""
        used = self.in_use(client)
        for version, old in self._every(client):
            if old not in used and (version == shapes.VERSION or (used and version < shapes.VERSION)):
                client.options(ignore_status=NOT_THERE).indices.delete(index=old)

    def remove(self, client: Elasticsearch) -> None:
        """Everything of this name."""
        for _version, old in self._every(client):
            client.options(ignore_status=NOT_THERE).indices.delete(index=old)

    def _every(self, client: Elasticsearch) -> Iterator[tuple[int, str]]:
        ours = re.compile(rf"{re.escape(self._name)}-v(\d+)-[0-9a-f]{{12}}")  # not those of a network called ours-vienna
        for name in names(client.indices.get(index=f"{self._name}-v*", features="aliases")):
            if known := ours.fullmatch(name):
                yield int(known[1]), name


def names(found: Any) -> list[str]:
    """The names of indices in an answer; none when it is an error that was let pass."""
    return [name for name in found if name not in ("error", "status")]
