from django.db.models import QuerySet

from ..models import Signature


def signatures_of(city_id: int) -> QuerySet[Signature]:
    """A city's signatures, newest edition first."""
    return Signature.objects.filter(city=city_id).select_related("edition", "deliberation").order_by("-edition__number")


def in_force(city_id: int) -> Signature | None:
    """The newest signature that was not withdrawn."""
    return signatures_of(city_id).filter(withdrawn_at=None).first()
