"""What every page that changes something shares: refusals come back beside the field, with all that was typed still there."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms

from alliance import errors


@contextmanager
def refusals(form: forms.Form) -> Iterator[None]:
    """Run an action inside: a refusal becomes an error of the form, at its field where the form has it.

    What is unknown stays unknown: Unknown goes on, and becomes a 404.
    """
    try:
        yield
    except errors.Unknown:
        raise
    except errors.Refusal as refusal:
        field = refusal.field.replace("deliberation.", "").replace("audience.cities", "audience_cities")
        field = field.replace("audience.kind", "audience").replace("audience.room", "audience")
        form.add_error(field if field in form.fields else None, str(refusal.reason))
        form.refused_with = refusal.status  # type: ignore[attr-defined]


def status_of(form: forms.Form) -> int:
    """The HTTP status of a page that shows this form: 200 when it is fresh, else what it was refused with."""
    return getattr(form, "refused_with", 400 if form.is_bound and form.errors else 200)
