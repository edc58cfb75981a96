"""Other networks that a city may belong to, each by the name that it gives itself."""

import json
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "networks.json"


@cache
def names() -> dict[str, str]:
    """id → name, in the order in which they are offered."""
    return {row["id"]: row["name"] for row in json.loads(DATA.read_text(encoding="utf-8"))["networks"]}


def networks() -> list[dict]:
    """Every network that we know: `id` and `name`."""
    return [{"id": pk, "name": name} for pk, name in names().items()]
