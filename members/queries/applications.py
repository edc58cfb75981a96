from django.db.models import QuerySet

from ..models import Application
from ..policies.standing import standing_of


def applications_visible_to(actor) -> QuerySet[Application]:
    """The secretariat sees every application; the officials of the city it made see that one."""
    standing = standing_of(actor)
    if standing.secretariat:
        return Application.objects.all()
    return Application.objects.filter(city__in=standing.city_ids)


def application(application_id: int) -> Application | None:
    """Any application, for the page on which its contact types the code. It shows nothing that the contact did not write."""
    return Application.objects.filter(pk=application_id).first()
