"""The grammar of permission: a verdict is yes, or no with a reason that a person can read."""

from dataclasses import dataclass
from typing import Any

from .errors import Forbidden


@dataclass(frozen=True)
class Verdict:
    """True without a reason; false with one. The reason may be a lazy translation."""

    reason: Any = None

    def __bool__(self) -> bool:
        return self.reason is None


YES = Verdict()


def require(verdict: Verdict) -> None:
    """Go on, or raise Forbidden with the verdict's reason."""
    if not verdict:
        raise Forbidden(verdict.reason)
