"""What the exchanges leave to the worker."""

from django_tasks import task

from alliance.background import every

from .actions import documents, orphans


@task(queue_name="files")
def check_version(version_id: int) -> None:
    """Check a file that was uploaded: scan it, read its text, let it go or put it into quarantine."""
    documents.check(version_id, actor=None)


@every("50 3 * * *")
def sweep() -> int:
    """By night, remove files whose upload was broken off."""
    return orphans.sweep(actor=None)


@every("25 * * * *")
@task(queue_name="files")
def check_overdue() -> int:
    """Each hour, look after files that were uploaded days ago and are still being checked."""
    return documents.check_overdue(actor=None)
