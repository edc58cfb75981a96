"""The aims that practices answer to: numbered points of published frameworks, with their words in each language."""

import json
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "targets.json"


@cache
def _rows() -> dict[str, dict]:
    return {row["id"]: row for row in json.loads(DATA.read_text(encoding="utf-8"))["targets"]}


def is_target(target: str) -> bool:
    """Whether there is a target of this id ("sdg:11.7", "eccar:3")."""
    return target in _rows()


def within_target(target: str) -> list[str]:
    """The target and those under it: "sdg:11" holds "sdg:11.7"."""
    return [target, *(known for known in _rows() if known.startswith(f"{target}."))]


def targets(language: str) -> list[dict]:
    """Every target in the order of its framework: `id`, `framework`, `number`, `label` in the language."""
    return [
        {"id": pk, "framework": pk.partition(":")[0], "number": pk.partition(":")[2], "label": label_of(pk, language)}
        for pk in _rows()
    ]


def label_of(target: str, language: str) -> str:
    """The words of a target in a language; its id when there is none."""
    labels = _rows().get(target, {}).get("label", {})
    return labels.get(language) or labels.get("en") or target
