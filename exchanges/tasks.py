"""What the exchanges leave to the worker."""

from django_tasks import task

from .actions import documents


@task(queue_name="files")
def check_version(version_id: int) -> None:
    """Check a file that was uploaded: scan it, read its text, let it go or put it into quarantine."""
    documents.check(version_id, actor=None)
