"""What the members leave to the worker."""

from django_tasks import task

from .actions import letters


@task(queue_name="letters")
def send_letter(letter_id: int) -> None:
    """Send a letter that is owed."""
    letters.send(letter_id)
