"""What an uploader called a file, made harmless."""

import unicodedata
from pathlib import PurePosixPath

MOST = 120


def clean_name(given: str) -> str:
    """The name without folders, control characters and marks that turn the reading direction; "file" when nothing is left.

    “exe” hidden by a right-to-left override (U+202E) shows again at the end, where it stands.
    """
    name = (given or "").replace("\\", "/").rsplit("/", 1)[-1]
    # Cc control, Cf invisible formatting (bidi overrides, zero width), Cs halves of a character, Zl/Zp line separators.
    name = "".join(mark for mark in name if unicodedata.category(mark) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = " ".join(name.split()).strip(". ")
    stem, extension = split(name)
    return (stem[: MOST - len(extension)].rstrip(". ") + extension) or "file"


def split(name: str) -> tuple[str, str]:
    """("plan", ".pdf"): the extension in lower case, empty when there is none that could be one."""
    extension = PurePosixPath(name).suffix.lower()
    if not 1 < len(extension) <= 12 or not extension[1:].isascii() or not extension[1:].isalnum():
        return name, ""
    return name[: -len(extension)], extension
