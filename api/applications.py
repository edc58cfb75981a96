"""Applications of cities to join."""

from rest_framework import serializers
from rest_framework.response import Response

from alliance.languages.tongues import CODES
from members.actions import applications as actions
from members.queries import places
from members.queries.applications import applications_visible_to

from .door import Door
from .openapi import LISTS
from .pagination import listed
from .second_factor import require_second_factor
from .shapes import Reason
from .throttling import Sparingly


class ApplicationInput(serializers.Serializer):
    place = serializers.IntegerField(min_value=1, max_value=2_000_000_000)
    contact_name = serializers.CharField(max_length=120)
    contact_email = serializers.EmailField(max_length=254)
    role = serializers.CharField(max_length=120)
    motivation = serializers.CharField(max_length=4000)
    language = serializers.ChoiceField(choices=CODES)


class Code(serializers.Serializer):
    code = serializers.CharField(max_length=40)


class Amendment(Code):
    contact_name = serializers.CharField(max_length=120)
    role = serializers.CharField(max_length=120)
    motivation = serializers.CharField(max_length=4000)


def shown(application, language: str) -> dict:
    """An application for those who may read it."""
    return {
        "id": application.pk,
        "state": application.state,
        "place": application.place,
        "place_name": places.name_in(application.place, language),
        "contact_name": application.contact_name,
        "contact_email": application.contact_email,
        "role": application.role,
        "motivation": application.motivation,
        "language": application.language,
        "applied_at": application.applied_at,
        "confirmed_at": application.confirmed_at,
        "decided_at": application.decided_at,
        "reason": application.reason,
        "slug": application.city.slug if application.city_id else None,
    }


class Applications(Door):
    """POST needs no account; GET is for the secretariat and for the officials of the city."""

    takes = {"POST": ApplicationInput}
    asks = LISTS

    open_to_visitors = True
    throttle_classes = [Sparingly]

    @property
    def public(self):
        return False

    def read(self, request):
        if not request.user.is_authenticated:
            self.permission_denied(request)

        def rows(page):
            return [shown(application, self.language) for application in page.select_related("city")]

        return listed(request, applications_visible_to(self.who), rows)

    def post(self, request):
        application = actions.apply(**self.given(ApplicationInput), actor=request.user if request.user.is_authenticated else None)
        return Response({"id": application.pk, "state": application.state}, status=201)


class Application(Door):
    def read(self, request, pk):
        application = applications_visible_to(self.who).select_related("city").filter(pk=pk).first()
        return shown(self.found(application), self.language)


class Confirm(Door):
    """The contact proves the address with the code of the letter."""

    takes = {"POST": Code}

    open_to_visitors = True
    throttle_classes = [Sparingly]

    def post(self, request, pk):
        application = actions.confirm(pk, self.given(Code)["code"], actor=None)
        return Response({"id": application.pk, "state": application.state})


class Amend(Door):
    """The contact completes an application that came back."""

    takes = {"POST": Amendment}

    open_to_visitors = True
    throttle_classes = [Sparingly]

    def post(self, request, pk):
        given = dict(self.given(Amendment))
        application = actions.amend(pk, given.pop("code"), **given, actor=None)
        return Response({"id": application.pk, "state": application.state})


class Decision(Door):
    """What only the secretariat does: `return`, `admit`, `refuse`, each with a reason."""

    takes = {"POST": Reason}

    verbs = {"return": actions.give_back, "admit": actions.admit, "refuse": actions.refuse}
    verb = ""

    def post(self, request, pk):
        self.found(applications_visible_to(self.who).filter(pk=pk).first())
        require_second_factor(request)
        application = self.verbs[self.verb](pk, self.given(Reason)["reason"], actor=request.user)
        return Response(shown(application, self.language))
