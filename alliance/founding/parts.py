"""What the start says of the servers that are named: a part that rests does not stop it."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from django.conf import settings

from alliance import environment

PATIENCE = 1.0  # seconds
PARTS = (
    # what we call it, its variable, the port when the address names none
    ("Redis", "REDIS_URL", 6379),
    ("Elasticsearch", "ELASTICSEARCH_URL", 9200),
    ("ClamAV", "CLAMD_URL", 3310),
    ("S3", "S3_URL", 0),
    ("Mail", "EMAIL_URL", 0),
)
PORTS = {"http": 80, "https": 443, "smtp": 587, "smtps": 465}


def lines() -> Iterator[str]:
    """One line for each server that a variable names: whether it takes a connection, and if not, why."""
    named = [part for part in PARTS if getattr(settings, part[1])]
    if not named:
        return
    with ThreadPoolExecutor(len(named)) as threads:
        reasons = threads.map(lambda part: _fault(getattr(settings, part[1]), part[2]), named)
        for (name, variable, _port), reason in zip(named, reasons, strict=True):
            if variable in environment.misread:
                yield f"{name}: resting. {environment.misread[variable]} All else works."
            else:
                yield f"{name}: resting ({variable}: {reason}). All else works." if reason else f"{name}: answers ({variable})."


def _fault(url: str, port: int) -> str:
    """Why nobody can be reached at this address; empty when somebody can."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(PATIENCE)
                line.connect(parts.path)
            return ""
        socket.create_connection((parts.hostname, parts.port or port or PORTS[parts.scheme]), PATIENCE).close()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""
