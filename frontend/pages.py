"""The few pages that are only words."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.errors import Unknown

from .caching import public_page

PAGES = ("accessibility", "privacy", "imprint")


@require_safe
@public_page
def words(request, name: str):
    """Accessibility, privacy, imprint."""
    if name not in PAGES:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    return render(request, f"about/{name}.html")
