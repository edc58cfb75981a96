"""The world map: Natural Earth's outlines in the Equal Earth projection, drawn once as one SVG path; cities are dots on it.

Projection: Šavrič, Patterson, Jenny, "The Equal Earth map projection", IJGIS 33(3), 2018.
`python -m frontend.map land-110m.json` writes the path anew from the TopoJSON of the public-domain package world-atlas.
"""

import json
import math
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
WIDTH, HEIGHT = 1000, 440
GAP, SMALL_GAP = 12.0, 16.0  # px between the dots of a drawing that is large on the screen, and of one on a phone
ROUNDS = 40
_SCALE = WIDTH / (2 * 2.706629)
_MIDDLE = 250  # the equator, in px from the top: Antarctica is left out
PATH = Path(__file__).resolve().parent / "templates" / "parts" / "land.svg"


def projected(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to px on the drawing, x from the left and y from the top."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta)
    x /= 3 * (9 * A4 * sixth * square + 7 * A3 * sixth + 3 * A2 * square + A1)
    y = theta * (A4 * sixth * square + A3 * sixth + A2 * square + A1)
    return round(WIDTH / 2 + x * _SCALE, 1), round(_MIDDLE - y * _SCALE, 1)


def dots(rows: Iterable[dict]) -> list[dict]:
    """Where each city of `rows` stands on the drawing, members only: on a large one (`x`, `y`), and on a small one (`small_x`,
    `small_y`), where dots need more room. Neighbours are moved apart, so that each is seen as one."""
    seated = [row for row in rows if row["state"] in ("admitted", "on_hold")]
    places = tuple(projected(row["longitude"], row["latitude"]) for row in seated)
    return [
        {
            "x": x,
            "y": y,
            "small_x": small_x,
            "small_y": small_y,
            "name": row["name"],
            "slug": row["slug"],
            "signed": row["signed"],
        }
        for row, (x, y), (small_x, small_y) in zip(seated, apart(places, GAP), apart(places, SMALL_GAP), strict=True)
    ]


@lru_cache(maxsize=16)
def apart(places: tuple[tuple[float, float], ...], gap: float) -> tuple[tuple[float, float], ...]:
    """The places moved as little as it takes to have `gap` px between any two, and none further than `gap` from where it is.

    Where more cities crowd than fit, they stay crowded: the table names them.
    """
    now = list(places)
    for _round in range(ROUNDS):
        calm = True
        for one, other in _neighbours(now, gap):
            (x, y), (u, v) = now[one], now[other]
            distance = math.hypot(u - x, v - y)
            if distance < gap - 0.05:
                calm = False
                # Two cities at one place part sideways. Each goes half of what is missing.
                dx, dy = ((u - x) / distance, (v - y) / distance) if distance else (1.0, 0.0)
                half = (gap - distance) / 2
                now[one], now[other] = (x - dx * half, y - dy * half), (u + dx * half, v + dy * half)
        now = [_held(place, home, gap) for place, home in zip(now, places, strict=True)]
        if calm:
            break
    return tuple((round(x, 1), round(y, 1)) for x, y in now)


def _neighbours(places: list[tuple[float, float]], gap: float) -> Iterator[tuple[int, int]]:
    """Every pair that may be nearer than `gap`: those in one square of this width, or in two that touch."""
    squares: dict[tuple[int, int], list[int]] = {}
    for index, (x, y) in enumerate(places):
        squares.setdefault((int(x // gap), int(y // gap)), []).append(index)
    for (column, row), here in squares.items():
        around = [index for dx in (-1, 0, 1) for dy in (-1, 0, 1) for index in squares.get((column + dx, row + dy), ())]
        yield from ((one, other) for one in here for other in around if one < other)


def _held(place: tuple[float, float], home: tuple[float, float], most: float) -> tuple[float, float]:
    away = math.dist(place, home)
    if away <= most:
        return place
    return tuple(there + (here - there) * most / away for here, there in zip(place, home, strict=True))  # type: ignore[return-value]


def drawn(topology: dict) -> str:
    """The land of a TopoJSON topology (world-atlas land-110m) as SVG path data."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        arcs.append(points)
    parts = []
    for shape in topology["objects"]["land"]["geometries"]:
        for polygon in shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]:
            for ring in polygon:
                line = [point for index in ring for point in (arcs[index] if index >= 0 else arcs[~index][::-1])]
                if max(latitude for _longitude, latitude in line) < -56:
                    continue  # Antarctica has no cities
                for piece in _pieces(line):
                    flat = [projected(*point) for point in piece]
                    parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in dict.fromkeys(flat)) + "Z")
    return "".join(parts)


def _pieces(line: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """A ring cut where it crosses the antimeridian, so that no line runs across the whole drawing."""
    pieces: dict[bool, list[tuple[float, float]]] = {}
    crosses = any(abs(here[0] - there[0]) > 180 for here, there in zip(line, line[1:], strict=False))
    for point in line:
        pieces.setdefault(crosses and point[0] < -90, []).append(point)
    return [piece for piece in pieces.values() if len(piece) > 2]


if __name__ == "__main__":
    PATH.write_text(f'<path class="land" d="{drawn(json.loads(Path(sys.argv[1]).read_text()))}"/>\n')
