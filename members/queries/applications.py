from django.db.models import QuerySet

from ..models import Application
from ..policies.standing import standing_of


def applications_visible_to(actor) -> QuerySet[Application]:
    """The secretariat sees every application; the officials of the city it made see that one."""
    standing = standing_of(actor)
    if standing.secretariat:
        return Application.objects.all()
    return Application.objects.filter(city__in=standing.city_ids)


def application_shown_to(actor, application_id: int, sent: list[int]) -> Application | None:
    """An application as its own page shows it: to those who may see it, and to the browser that sent it or knew its code."""
    found = Application.objects.all() if application_id in sent else applications_visible_to(actor)
    return found.filter(pk=application_id).first()
