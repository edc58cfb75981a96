"""Counts and states for those who watch over the machine."""

from django.core.files.storage import default_storage

from alliance import files, live

from ..files import scanner
from ..models import Document, Message, Practice, Version


def counts() -> dict[str, int]:
    """How many there are, by name."""
    return {
        "practices_published": Practice.objects.filter(state=Practice.State.PUBLISHED).count(),
        "documents": Document.objects.filter(removed_at=None).count(),
        "files_scanning": Version.objects.filter(state=Version.State.SCANNING).count(),
        "messages": Message.objects.count(),
    }


def files_state() -> str:
    """ok, or down while the store of files does not answer."""
    return files.state(default_storage)


def scanner_state() -> str:
    """ok, down, or off when none is set up."""
    return scanner.state()


def live_state() -> str:
    """ok, or degraded while the bus between processes rests."""
    return live.state()
