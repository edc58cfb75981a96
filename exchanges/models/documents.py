import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.languages.state import Worded

from .audience import Audienced
from .practices import Practice
from .rooms import Room

PLACE = "documents"  # the folder of the file store in which they are


def place_of_file(version: "Version", _filename: str) -> str:
    """Where a version's bytes are kept: named by their digest, never by what the uploader called them.

    A random number before it gives every upload a name of its own: bytes that belong to somebody else are never removed with it.
    """
    return f"{PLACE}/{version.sha256[:2]}/{secrets.token_hex(8)}-{version.sha256}"


class Document(Worded, Audienced):  # type: ignore[misc]
    """A file with versions and an audience. Its title may be translated; the file is what it is."""

    audience_room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="documents")
    practice = models.ForeignKey(Practice, models.SET_NULL, null=True, blank=True, related_name="documents")
    title = models.CharField(max_length=200)
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    shared_at = models.DateTimeField(default=clock.now, db_index=True)
    removed_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)  # by moderation

    def __str__(self):
        return f"document {self.pk}"


class Version(models.Model):
    """One file of a document. It can be fetched once it is `ready`."""

    class State(models.TextChoices):
        SCANNING = "scanning", _("being checked")
        READY = "ready", _("ready")
        QUARANTINED = "quarantined", _("quarantined")

    class Reason(models.TextChoices):
        """Why a file is in quarantine. The sentence for each is in queries.documents, in the reader's language."""

        NONE = ""
        VIRUS = "virus"
        UNREADABLE = "unreadable"
        TOO_LARGE_UNPACKED = "too_large_unpacked"
        MACROS = "macros"

    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.FileField(upload_to=place_of_file, max_length=200)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=State.choices, default=State.SCANNING)
    reason = models.CharField(max_length=24, choices=Reason.choices, blank=True, default=Reason.NONE)
    scanned = models.BooleanField(default=False)  # by a virus scanner; without one a file is ready but says so
    text = models.TextField(blank=True)
    pages = models.PositiveIntegerField(null=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_version_per_number")]

    def __str__(self):
        return f"{self.document_id} v{self.number}"
