"""The world map: Natural Earth's outlines in the Equal Earth projection, drawn once as one SVG path; cities are dots on it.

Projection: Šavrič, Patterson, Jenny, "The Equal Earth map projection", IJGIS 33(3), 2018.
`python -m frontend.map land-110m.json` writes the path anew from the TopoJSON of the public-domain package world-atlas.
"""

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
WIDTH, HEIGHT = 1000, 440
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
    """Where each city of `rows` stands on the drawing, members only."""
    placed = []
    for row in rows:
        if row["state"] in ("admitted", "on_hold"):
            x, y = projected(row["longitude"], row["latitude"])
            placed.append({"x": x, "y": y, "name": row["name"], "slug": row["slug"], "signed": row["signed"]})
    return placed


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
