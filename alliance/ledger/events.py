"""What an event is: something that happened, told in ids and plain values."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. Subclasses are frozen dataclasses named in the past tense, with a dotted `name`."""

    name: ClassVar[str]

    @property
    def subject(self) -> str:
        """What it happened to, as "kind:id", so that history, search and letters need no foreign key."""
        raise NotImplementedError
