from .documents import Document, Version
from .practices import Practice, PracticeTarget, PracticeTheme, Transfer
from .reports import Report
from .rooms import Message, Presence, Reaction, Room

__all__ = [
    "Document",
    "Message",
    "Practice",
    "PracticeTarget",
    "PracticeTheme",
    "Presence",
    "Reaction",
    "Report",
    "Room",
    "Transfer",
    "Version",
]
