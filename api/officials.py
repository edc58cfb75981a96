"""Mandates of officials."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from alliance.errors import Invalid
from alliance.languages.tongues import CODES
from members.actions import officials as actions
from members.queries.cities import cities_visible_to
from members.queries.officials import officials_visible_to

from .answers import members as answers
from .answers.parts import page_of
from .applications import Code
from .door import Door
from .openapi import LISTS, Ask
from .pagination import listed
from .throttling import Sparingly


class Invitation(serializers.Serializer):
    """A city invites a person to act for it."""

    city = serializers.CharField(max_length=80, help_text="Slug of the city.")
    email = serializers.EmailField(max_length=254, help_text="Address of the person; the code goes there.")
    role = serializers.ChoiceField(choices=answers.ROLES, help_text="What the mandate allows.")
    language = serializers.ChoiceField(choices=CODES, help_text="Language of the letter.")
    until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When the mandate ends: a moment, or a day, of which it means the end."
    )

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
    """Mandates, and invitations to one."""

    takes = {"POST": Invitation}
    asks = {"GET": {"city": Ask("Only those of this city (slug)."), **LISTS}}
    gives = {"GET": page_of(answers.Mandate), "POST": (answers.Mandate, 201)}

    def read(self, request):
        """The officials of one's own cities. Also who is invited, and whose mandate has ended; the secretariat sees all."""
        found = officials_visible_to(self.who)
        if slug := request.query_params.get("city", "").replace("\x00", "")[:80]:
            found = found.filter(city__slug=slug)
        return listed(request, found, lambda page: [shown(official) for official in page.select_related("city")], ("id",))

    def post(self, request):
        """Invite a person to act for a city. For its coordinators and the secretariat; the code goes by letter."""
        given = dict(self.given(Invitation))
        city = cities_visible_to(request.user).filter(slug=given.pop("city")).first()
        if city is None:
            raise Invalid(_("There is no such city."), field="city")
        official = actions.invite(city.pk, **given, actor=request.user)
        return Response(shown(official), status=201)


class Accept(Door):
    """Begin a mandate with the code of the letter. No account is needed: the code proves the address."""

    takes = {"POST": Code}
    gives = {"POST": answers.Mandate}

    open_to_visitors = ("POST", "OPTIONS")
    throttle_classes = [Sparingly]

    def post(self, request):
        person = request.user if request.user.is_authenticated else None
        return Response(shown(actions.accept(self.given(Code)["code"], actor=person)))


class End(Door):
    """End a mandate now. For the person, the coordinators of the city and the secretariat."""

    gives = {"POST": answers.Mandate}

    def post(self, request, pk):
        self.found(officials_visible_to(self.who).filter(pk=pk).first())
        return Response(shown(actions.end(pk, actor=request.user)))
