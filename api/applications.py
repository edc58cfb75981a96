"""Applications of cities to join."""

from rest_framework import serializers
from rest_framework.response import Response

from alliance.languages.tongues import CODES
from members.actions import applications as actions
from members.queries import places
from members.queries.applications import applications_visible_to

from .answers import members as answers
from .answers.parts import page_of
from .door import Door
from .openapi import LISTS
from .pagination import listed
from .second_factor import require_second_factor
from .shapes import Reason
from .throttling import Sparingly


class ApplicationInput(serializers.Serializer):
    """A city asks to join."""

    place = serializers.IntegerField(min_value=1, max_value=2_000_000_000, help_text="`id` of the city in `places/`.")
    contact_name = serializers.CharField(max_length=120, help_text="Who asks: an office or a name.")
    contact_email = serializers.EmailField(max_length=254, help_text="Address of the city administration; the code goes there.")
    role = serializers.CharField(max_length=120, help_text="Office or task of the contact in the administration.")
    motivation = serializers.CharField(max_length=4000, help_text="Why the city wants to join.")
    language = serializers.ChoiceField(choices=CODES, help_text="Language in which we write to the contact.")


class Code(serializers.Serializer):
    """A code from a letter."""

    code = serializers.CharField(max_length=40, help_text="The code, as the letter has it.")


class Amendment(Code):
    """An application that came back, completed."""

    contact_name = serializers.CharField(max_length=120, help_text="Who asks: an office or a name.")
    role = serializers.CharField(max_length=120, help_text="Office or task of the contact in the administration.")
    motivation = serializers.CharField(max_length=4000, help_text="Why the city wants to join.")


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
    """Applications of cities."""

    takes = {"POST": ApplicationInput}
    asks = {"GET": LISTS}
    gives = {"GET": page_of(answers.Application), "POST": (answers.ApplicationBrief, 201)}

    open_to_visitors = ("POST", "OPTIONS")
    throttle_classes = [Sparingly]

    def read(self, request):
        """Applications, newest first: all of them for the secretariat, for officials the one that made their city."""

        def rows(page):
            return [shown(application, self.language) for application in page.select_related("city")]

        return listed(request, applications_visible_to(self.who), rows)

    def post(self, request):
        """Ask to join. Needs no account: a code goes to the contact by letter, and `confirm/` takes it."""
        application = actions.apply(**self.given(ApplicationInput), actor=request.user if request.user.is_authenticated else None)
        return Response({"id": application.pk, "state": application.state}, status=201)


class Application(Door):
    """One application, for the secretariat and the officials of the city that it made."""

    gives = {"GET": answers.Application}

    def read(self, request, pk):
        application = applications_visible_to(self.who).select_related("city").filter(pk=pk).first()
        return shown(self.found(application), self.language)


class Confirm(Door):
    """The contact proves the address with the code of the letter. Five wrong codes end it."""

    takes = {"POST": Code}
    gives = {"POST": answers.ApplicationBrief}

    open_to_visitors = ("POST", "OPTIONS")
    throttle_classes = [Sparingly]

    def post(self, request, pk):
        application = actions.confirm(pk, self.given(Code)["code"], actor=None)
        return Response({"id": application.pk, "state": application.state})


class Amend(Door):
    """The contact completes an application that came back, with the code of the letter that returned it."""

    takes = {"POST": Amendment}
    gives = {"POST": answers.ApplicationBrief}

    open_to_visitors = ("POST", "OPTIONS")
    throttle_classes = [Sparingly]

    def post(self, request, pk):
        given = dict(self.given(Amendment))
        application = actions.amend(pk, given.pop("code"), **given, actor=None)
        return Response({"id": application.pk, "state": application.state})


class Decision(Door):
    """What only the secretariat does, with a reason."""

    takes = {"POST": Reason}
    gives = {"POST": answers.Application}

    verbs = {"return": actions.give_back, "admit": actions.admit, "refuse": actions.refuse}
    verb = ""

    def post(self, request, pk):
        self.found(applications_visible_to(self.who).filter(pk=pk).first())
        require_second_factor(request)
        application = self.verbs[self.verb](pk, self.given(Reason)["reason"], actor=request.user)
        return Response(shown(application, self.language))


class Return(Decision):
    """The secretariat gives an application back. The reason and a code go to the contact, who completes it."""

    verb = "return"


class Admit(Decision):
    """The secretariat admits the city. This makes the city (`slug`) and gives the contact its coordinator's mandate."""

    verb = "admit"


class Refuse(Decision):
    """The secretariat refuses the application. The reason goes to the contact."""

    verb = "refuse"
