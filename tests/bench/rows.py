"""What a measurement says: one row of the table that `make bench` prints."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_GOAL = re.compile(r"\s*(?P<side>≥|≤|>=|<=)?\s*(?P<limit>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>\S.*)?$")


@dataclass(frozen=True)
class Row:
    """One measurement beside its goal.

    `ratio` is the number measured: a ratio taken in one run, or an absolute where PERFORMANCE.md sets one. `goal` is written
    as there: "≥ 0.90", "≤ 10 ms", "≤ 1.1"; a bare number is a floor; "" means measured for the reader, without a goal.
    `detail` says what was compared, and carries p50/p99 where they matter. A `ratio` of None was not measured: `detail` says why.
    """

    name: str
    ratio: float | None
    goal: str | float = ""
    detail: str = ""

    @property
    def verdict(self) -> str:
        """met, missed, not measured, or nothing where there is no goal."""
        if self.ratio is None:
            return "not measured"
        if self.goal == "":
            return ""
        side, limit, _unit = _parsed(self.goal)
        return "met" if (self.ratio <= limit if side == "≤" else self.ratio >= limit) else "missed"

    @property
    def figure(self) -> str:
        """The number in the goal's unit, with three significant digits."""
        if self.ratio is None:
            return "–"
        unit = _parsed(self.goal)[2] if self.goal != "" else ""
        return f"{_short(self.ratio)} {unit}".strip()

    @property
    def target(self) -> str:
        """The goal as it is printed."""
        if self.goal == "":
            return ""
        side, limit, unit = _parsed(self.goal)
        return f"{side} {limit:g} {unit}".strip()


def _parsed(goal: str | float) -> tuple[str, float, str]:
    read = _GOAL.match(str(goal))
    if not read:
        raise ValueError(f"A goal is written like “≥ 0.9” or “≤ 10 ms”, not {goal!r}.")
    side = {">=": "≥", "<=": "≤", None: "≥"}.get(read["side"], read["side"])
    return side, float(read["limit"]), read["unit"] or ""


def _short(number: float) -> str:
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"


def table(rows: Iterable[Row]) -> str:
    """The rows as aligned text: what, ratio, goal, verdict, detail."""
    lines = [("what", "ratio", "goal", "verdict", "detail")]
    lines += [(row.name, row.figure, row.target, row.verdict, row.detail) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join("  ".join([*map(str.ljust, line[:4], widths), line[4]]).rstrip() for line in lines)
