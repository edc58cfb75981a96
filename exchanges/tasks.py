"""What the exchanges leave to the worker."""

from django_tasks import task

from alliance.background import every

from .actions import checking, orphans


@task(queue_name="files")
def check_version(version_id: int) -> None:
    """Check a file that was uploaded: scan it, read its text, let it go or put it into quarantine."""
    checking.check(version_id, actor=None)


@every("50 3 * * *")
def sweep() -> int:
    """By night, remove files whose upload was broken off."""
    return orphans.sweep(actor=None)
