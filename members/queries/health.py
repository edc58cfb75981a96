"""Counts for those who watch over the machine."""

from ..models import Application, City, User
from ..policies.standing import active_mandates


def counts() -> dict[str, int]:
    """How many there are, by name."""
    return {
        "cities": City.objects.count(),
        "cities_signed": City.objects.filter(signed_at__isnull=False).count(),
        "accounts_active": User.objects.filter(is_active=True).count(),
        "mandates_active": active_mandates().count(),
        "applications_waiting": Application.objects.filter(state=Application.State.AWAITING_DECISION).count(),
    }
