"""Reading the memory."""

from django.db.models import QuerySet

from .models import Entry


def history_of(subject: str) -> QuerySet[Entry]:
    """What happened to `subject` ("city:42"), oldest first. Who may read it is for the subject's own domain to say."""
    return Entry.objects.filter(subject=subject).select_related("actor").order_by("id")
