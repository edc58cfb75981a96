"""Mandates of officials."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from alliance.errors import Invalid
from alliance.languages.tongues import CODES
from members.actions import officials as actions
from members.queries.cities import cities_visible_to
from members.queries.officials import officials_visible_to

from .applications import Code
from .door import Door
from .openapi import LISTS
from .pagination import listed
from .throttling import Sparingly

ROLES = ("coordinator", "signatory", "contributor", "observer")


class Invitation(serializers.Serializer):
    city = serializers.CharField(max_length=80)
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=ROLES)
    language = serializers.ChoiceField(choices=CODES)
    until = serializers.DateTimeField(required=False, allow_null=True)

    def to_internal_value(self, data):
        # A day is enough: it means the end of that day.
        if isinstance(data, dict) and isinstance(data.get("until"), str) and len(data["until"]) == 10:
            data = {**data, "until": f"{data['until']}T23:59:59Z"}
        return super().to_internal_value(data)


def shown(official) -> dict:
    """A mandate as the API gives it."""
    return {
        "id": official.pk,
        "city": official.city.slug,
        "email": official.email,
        "role": official.role,
        "language": official.language,
        "invited_at": official.invited_at,
        "from": official.starts_at,
        "until": official.ends_at,
    }


class Officials(Door):
    """The officials of one's own cities; POST invites."""

    takes = {"POST": Invitation}
    asks = ("city", *LISTS)

    def read(self, request):
        found = officials_visible_to(self.who)
        if slug := request.query_params.get("city", "").replace("\x00", "")[:80]:
            found = found.filter(city__slug=slug)
        return listed(request, found, lambda page: [shown(official) for official in page.select_related("city")], ("id",))

    def post(self, request):
        given = dict(self.given(Invitation))
        city = cities_visible_to(request.user).filter(slug=given.pop("city")).first()
        if city is None:
            raise Invalid(_("There is no such city."), field="city")
        official = actions.invite(city.pk, **given, actor=request.user)
        return Response(shown(official), status=201)


class Accept(Door):
    """The code of the letter begins the mandate. No account is needed: the code proves the address."""

    takes = {"POST": Code}

    open_to_visitors = True
    throttle_classes = [Sparingly]

    def post(self, request):
        person = request.user if request.user.is_authenticated else None
        return Response(shown(actions.accept(self.given(Code)["code"], actor=person)))


class End(Door):
    """A mandate ends now."""

    def post(self, request, pk):
        self.found(officials_visible_to(self.who).filter(pk=pk).first())
        return Response(shown(actions.end(pk, actor=request.user)))
