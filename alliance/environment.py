"""What the environment says, checked where it is read. A variable that is absent or empty is not set: then the default serves.

Whatever is wrong raises ImproperlyConfigured with one sentence that names the variable, what it says, and what to write instead.
"""

import hashlib
import os
import secrets
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 32


def number(name: str, default: int, lowest: int, highest: int) -> int:
    """A whole number."""
    given = os.environ.get(name, "").strip()
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10 and lowest <= int(given) <= highest):
        raise ImproperlyConfigured(f"{name} is “{given}”: write a whole number from {lowest} to {highest}.")
    return int(given)


def parsed(name: str, given: str, schemes: tuple[str, ...], example: str) -> SplitResult:
    """An address of one of these schemes that names a host (or, where the scheme is `unix`, a path)."""
    try:
        parts = urlsplit(given)
        _ = parts.port  # raises ValueError for one that is none
        whole = parts.scheme in schemes and (parts.path if parts.scheme == "unix" else parts.hostname)
    except ValueError:
        whole = None
    if not whole:
        raise ImproperlyConfigured(f"{name} cannot be read: write it as {example}.")
    return parts


def site(name: str, default: str) -> str:
    """The address at which the site is known: scheme, host and port."""
    given = os.environ.get(name, "").strip().rstrip("/")
    if not given:
        return default
    parts = parsed(name, given, ("http", "https"), "https://alliance.example")
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        raise ImproperlyConfigured(f"{name} is “{given}”: write scheme, host and port only, as in https://alliance.example.")
    return given


def address(name: str, schemes: tuple[str, ...], example: str) -> str:
    """A URL, or "" where none is given. It may carry a password, so it is never repeated."""
    given = os.environ.get(name, "").strip()
    if given:
        parsed(name, given, schemes, example)
    return given


misread: dict[str, str] = {}  # the sentence for each server whose address could not be read: the start prints it


def server(name: str, schemes: tuple[str, ...], example: str) -> str:
    """The address of a server without which the site still works, or "" where none is given.

    One that cannot be read is a server that is never there, so that its part rests, as when it cannot be reached.
    """
    try:
        return address(name, schemes, example)
    except ImproperlyConfigured as fault:
        misread[name] = str(fault)
        return f"{schemes[0]}://127.0.0.1:1/misread"


def rate(name: str, default: str) -> str:
    """How often: "60/min"."""
    given = os.environ.get(name, "").strip() or default
    count, _, period = given.partition("/")
    if not (count.isascii() and count.isdigit() and period[:1] in ("s", "m", "h", "d")):
        raise ImproperlyConfigured(f"{name} is “{given}”: write a number and a period, as in 60/min.")
    return given


def folder(name: str, default: Path, *inside: str) -> Path:
    """A folder that can be written to, and those `inside`, made if they are not there."""
    place = Path(os.environ.get(name) or default)
    try:
        place = place.resolve()
        for each in ("", *inside):
            (place / each).mkdir(parents=True, exist_ok=True)
        trial = place / f".trial.{os.getpid()}"
        trial.write_bytes(b"x" * 512)
        trial.unlink()
    except (OSError, ValueError, RuntimeError) as error:
        raise ImproperlyConfigured(unwritable(name, place, error)) from None
    return place


def secret(name: str, kept: Path) -> str:
    """The house's key: given, or made once and kept in a file, so that sessions outlive a restart without any set-up."""
    if given := os.environ.get(name, ""):
        if len(given.strip()) < SHORTEST_SECRET:
            raise ImproperlyConfigured(
                f"{name} is too short: write {SHORTEST_SECRET} random characters or more, or leave it out."
            )
        return given
    try:
        if not kept.exists():
            fresh = kept.with_suffix(f".{os.getpid()}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(50))
            try:
                os.link(fresh, kept)
            except FileExistsError:
                pass
            fresh.unlink()
        return kept.read_text()
    except OSError as error:
        raise ImproperlyConfigured(unwritable("DATA_DIR", kept.parent, error)) from None


def shared_name(name: str, key: str) -> str:
    """What our indices are called on a server. Not told, it follows from the house's key, which all processes of one network have
    and no other network: else two that forgot to name theirs would empty each other's index."""
    return os.environ.get(name) or f"alliance-{hashlib.sha256(f'{name}:{key}'.encode()).hexdigest()[:8]}"


def unwritable(name: str, place: Path | str, error: Exception) -> str:
    """The sentence for a folder in which nothing can be kept."""
    reason = (getattr(error, "strerror", None) or str(error)).strip().lower()
    return f"{name}: nothing can be kept in {place} ({reason}); make room there, or name a folder that can be written to."
