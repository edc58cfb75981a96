"""Practices: written by cities, published by the secretariat, translated, taken up by others."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from alliance.errors import Invalid
from alliance.languages.state import TRANSLATION_ORIGINS
from alliance.languages.tongues import CODES
from exchanges.actions import practices as actions
from exchanges.queries import practices
from members.queries.cities import cities_visible_to

from .answers import exchanges as answers
from .answers.parts import page_of
from .door import READING, Door
from .openapi import LISTS, Ask
from .pagination import listed
from .second_factor import require_second_factor
from .shapes import Audience, Reason

LONG = 10_000


def _text(most: int, about: str) -> serializers.CharField:
    return serializers.CharField(max_length=most, required=False, allow_blank=True, help_text=about)


TITLE = "What it is, in a few words."


class Texts(serializers.Serializer):
    """The texts of a practice."""

    title = serializers.CharField(max_length=200, required=False, help_text=TITLE)
    summary = _text(600, "In brief. Plain text, as lists show it.")
    context = _text(LONG, "The situation before. Markdown.")
    action = _text(LONG, "What was done. Markdown.")
    results = _text(LONG, "What came of it. Markdown.")
    failed = _text(LONG, "What did not work. Markdown.")
    cost = _text(2000, "What it cost. Markdown.")


TEXTS = tuple(Texts().fields)


class Labelled(Texts):
    """The texts of a practice, and what it is labelled with."""

    themes = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=40,
        help_text="Ids of themes (`themes/`).",
    )
    targets = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=40,
        help_text="Ids of targets (`targets/`).",
    )
    audience = Audience(required=False, help_text="Who may see it once it is published; member cities unless told.")


class PracticeChange(Labelled):
    """What is to change; what is not named stays."""

    version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**53,
        help_text="The `version` you have read: 409 if it has moved on.",
    )


class PracticeInput(Labelled):
    """A practice of a city. To be submitted it also needs what the answer to `submit/` names."""

    city = serializers.CharField(max_length=80, help_text="Slug of the city that describes it.")
    source_language = serializers.ChoiceField(choices=CODES, help_text="Language that the texts are written in.")
    title = serializers.CharField(max_length=200, help_text=TITLE)


class TranslationInput(Texts):
    """The texts in one more language."""

    title = serializers.CharField(max_length=200, help_text=TITLE)
    origin = serializers.ChoiceField(choices=TRANSLATION_ORIGINS, required=False, default="human", help_text="Who translated.")


class TransferInput(serializers.Serializer):
    """A city took a practice up."""

    city = serializers.CharField(max_length=80, help_text="Slug of the city that took it up.")
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="What it changed.")


def city_id_of(slug: str, actor) -> int:
    """The id of the city called `slug`. Raises Invalid."""
    found = cities_visible_to(actor).filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid(_("There is no such city."), field="city")
    return found


class Practices(Door):
    """What cities have tried."""

    filters = {
        "city": Ask("Only those of this city (slug)."),
        "theme": Ask("Only those of this theme, or of one of its parts."),
        "target": Ask("Only those that answer to this target, or to one under it: `sdg:11` holds `sdg:11.7`."),
        "country": Ask("Only those of cities of this country (ISO 3166-1 alpha-2)."),
        "language": Ask("Only those whose text exists in this language."),
        "state": Ask("Only those that stand so; others than `published` are seen by their city and the secretariat."),
    }
    takes = {"POST": PracticeInput}
    asks = {"GET": {**filters, **LISTS}}
    gives = {"GET": page_of(answers.PracticeRow), "POST": (answers.Practice, 201)}

    open_to_visitors = READING

    def read(self, request):
        """Practices that one may see, the newest first."""
        given = request.query_params
        asked = {name: given[name].replace("\x00", "")[:80] for name in self.filters if given.get(name)}
        queryset = practices.filtered(practices.practices_visible_to(self.who), **asked)
        return listed(request, queryset, lambda page: practices.practice_rows(page, self.language), ("-written_at", "-id"))

    def post(self, request):
        """Begin a practice for a city: a draft, which the city alone sees. `submit/` hands it to the secretariat."""
        given = dict(self.given(PracticeInput))
        practice = actions.draft(
            city_id_of(given["city"], request.user),
            source_language=given["source_language"],
            texts={name: given[name] for name in TEXTS if name in given},
            themes=given.get("themes", []),
            targets=given.get("targets", []),
            audience=given.get("audience"),
            actor=request.user,
        )
        return Response(practices.practice_detail(practice, self.language, actor=request.user), status=201)


class OfPractice(Door):
    """A view about one practice that the asker may see; everybody else gets 404."""

    def practice(self, pk: int):
        return self.found(practices.practices_visible_to(self.who).filter(pk=pk).first())

    def detail(self, pk: int) -> dict:
        return practices.practice_detail(self.practice(pk), self.language, actor=self.who)


class Practice(OfPractice):
    """One practice; its city changes it."""

    takes = {"PATCH": PracticeChange}
    gives = {"GET": answers.Practice, "PATCH": answers.Practice}

    open_to_visitors = READING

    def read(self, request, pk):
        """One practice with all its texts, its documents, who took it up, and what one may do."""
        return self.detail(pk)

    def patch(self, request, pk):
        """Change a practice of one's city. What changes in the source language makes its translations stale."""
        self.practice(pk)
        given = dict(self.given(PracticeChange))
        more = {name: given[name] for name in ("themes", "targets", "audience", "version") if name in given}
        actions.edit(pk, texts={name: given[name] for name in TEXTS if name in given}, **more, actor=request.user)
        return Response(self.detail(pk))


class Step(OfPractice):
    """A practice goes from one state to the next."""

    verb = ""
    gives = {"POST": answers.Practice}

    def post(self, request, pk):
        practice = self.practice(pk)
        if self.verb in ("return", "publish"):
            require_second_factor(request)
        if self.verb == "return":
            practice = actions.give_back(pk, self.given(Reason)["reason"], actor=request.user)
        else:
            practice = getattr(actions, self.verb)(pk, actor=request.user)
        return Response(practices.practice_detail(practice, self.language, actor=self.who))


class Submit(Step):
    """The city hands a practice in. Which texts are still missing, the refusal says."""

    verb = "submit"


class Publish(Step):
    """The secretariat publishes a practice that was handed in: its audience sees it from now on."""

    verb = "publish"


class Return(Step):
    """The secretariat gives a practice back to its city, and says why."""

    takes = {"POST": Reason}
    verb = "return"


class Withdraw(Step):
    """The city takes a practice back. It cannot be brought forward again."""

    verb = "withdraw"


class Translation(OfPractice):
    """Give the texts in one more language, and say who translated. A machine's text never replaces a person's (409)."""

    takes = {"POST": TranslationInput}
    gives = {"POST": (answers.Practice, 201)}

    def post(self, request, pk, lang):
        self.practice(pk)
        given = dict(self.given(TranslationInput))
        origin = given.pop("origin")
        actions.translate(pk, lang, given, origin=origin, actor=request.user)
        return Response(practices.practice_detail(self.practice(pk), lang, actor=self.who), status=201)


class Transfers(OfPractice):
    """Say for a city that it took this up, and what it changed: once for each city, and never one's own."""

    takes = {"POST": TransferInput}
    gives = {"POST": (answers.Practice, 201)}

    def post(self, request, pk):
        self.practice(pk)
        given = self.given(TransferInput)
        actions.transfer(pk, city_id_of(given["city"], request.user), given.get("note", ""), actor=request.user)
        return Response(self.detail(pk), status=201)
