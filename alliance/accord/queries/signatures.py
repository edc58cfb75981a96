"""Who has signed which edition."""

from collections.abc import Iterable

from django.db.models import Max, QuerySet

from ..models import Signature


def signatures_of(city_id: int) -> QuerySet[Signature]:
    """A city's signatures, newest edition first."""
    return Signature.objects.filter(city=city_id).select_related("edition", "deliberation").order_by("-edition__number")


def in_force(city_id: int) -> Signature | None:
    """The newest signature that was not withdrawn."""
    return signatures_of(city_id).filter(withdrawn_at=None).first()


def editions_signed(city_ids: Iterable[int]) -> dict[int, int]:
    """city id → the number of the newest edition whose signature was not withdrawn, for many cities in one query.

    Cities without such a signature are missing.
    """
    signed = Signature.objects.filter(city__in=list(city_ids), withdrawn_at=None)
    return dict(signed.values("city").annotate(newest=Max("edition__number")).values_list("city", "newest"))
