"""Pages for what went wrong, in the reader's language."""

from django.shortcuts import render
from django.utils.translation import gettext as _


def refused(request, status: int, title: str, detail: str):
    """A page that says in a sentence what was refused and what to do next."""
    return render(request, "error.html", {"status": status, "title": title, "detail": detail}, status=status)


def csrf_failure(request, reason=""):
    """The form's secret did not match: most often the page was open too long."""
    return refused(
        request, 403, _("This form has expired"), _("Please go back, reload the page and send it again. Nothing was changed.")
    )
