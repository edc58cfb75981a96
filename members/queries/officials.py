from django.db.models import QuerySet

from ..models import Official
from ..policies.standing import active_mandates, standing_of


def officials_visible_to(actor) -> QuerySet[Official]:
    """One sees the officials of one's own cities; the secretariat sees all."""
    standing = standing_of(actor)
    if standing.secretariat:
        return Official.objects.all()
    return Official.objects.filter(city__in=standing.city_ids)


def people_of(city_ids) -> QuerySet[Official]:
    """The active mandates of these cities."""
    return active_mandates().filter(city__in=city_ids)
