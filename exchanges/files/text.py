"""The text of a file, read by a process of its own that may fail without harm."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import reader
from .kinds import TEXTS

TIMEOUT = 45  # seconds: the reader stops by itself long before


@dataclass(frozen=True)
class Reading:
    """What came of reading: the text and pages, or the reason why the file is not trusted."""

    text: str = ""
    pages: int | None = None
    fault: str = ""


def read(kind: str, path: Path) -> Reading:
    """Read the file at `path`, which is of this kind. Pictures have no text. Never raises for what stands in the file."""
    if kind in TEXTS:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return Reading(text=reader.tidy(file.read(reader.TEXT_MOST)))
    if kind != "pdf" and kind not in reader.PARTS:
        return Reading()
    with tempfile.TemporaryFile() as printed:
        # No environment, no inherited files: the child knows one path and nothing of the house.
        command = [sys.executable, "-I", "-B", reader.__file__, kind, str(path)]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.DEVNULL, timeout=TIMEOUT, env={}, cwd="/"
            )
        except subprocess.TimeoutExpired:
            return Reading(fault="unreadable")
        printed.seek(0)
        answer = printed.read()
    if done.returncode != 0:
        return Reading(fault="unreadable")
    return _reading(answer)


def _reading(answer: bytes) -> Reading:
    """The child's answer is a stranger's as well: only what has the right shape is believed."""
    try:
        found = json.loads(answer)
    except ValueError:
        return Reading(fault="unreadable")
    if not isinstance(found, dict) or found.get("fault"):
        fault = found.get("fault") if isinstance(found, dict) else ""
        return Reading(fault="too_large_unpacked" if fault == "too_large_unpacked" else "unreadable")
    text, pages = found.get("text"), found.get("pages")
    return Reading(text=reader.tidy(text) if isinstance(text, str) else "", pages=pages if isinstance(pages, int) else None)
