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

from .door import Door
from .openapi import LISTS
from .pagination import listed
from .second_factor import require_second_factor
from .shapes import Audience, Reason

LONG = 10_000


class Texts(serializers.Serializer):
    title = serializers.CharField(max_length=200, required=False)
    summary = serializers.CharField(max_length=600, required=False, allow_blank=True)
    context = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    action = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    results = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    failed = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    cost = serializers.CharField(max_length=2000, required=False, allow_blank=True)


TEXTS = tuple(Texts().fields)


class PracticeChange(Texts):
    themes = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=40)
    targets = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=40)
    audience = Audience(required=False)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**53)


class PracticeInput(PracticeChange):
    city = serializers.CharField(max_length=80)
    source_language = serializers.ChoiceField(choices=CODES)
    title = serializers.CharField(max_length=200)


class TranslationInput(Texts):
    title = serializers.CharField(max_length=200)
    origin = serializers.ChoiceField(choices=TRANSLATION_ORIGINS, required=False, default="human")


class TransferInput(serializers.Serializer):
    city = serializers.CharField(max_length=80)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


def city_id_of(slug: str, actor) -> int:
    """The id of the city called `slug`. Raises Invalid."""
    found = cities_visible_to(actor).filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid(_("There is no such city."), field="city")
    return found


class Practices(Door):
    """Practices one may see, the newest first. Filters: `city`, `theme`, `target`, `country`, `language`, `state`."""

    takes = {"POST": PracticeInput}
    asks = ("city", "theme", "target", "country", "language", "state", *LISTS)

    open_to_visitors = True

    def read(self, request):
        names = ("city", "theme", "target", "country", "language", "state")
        asked = {name: request.query_params[name].replace("\x00", "")[:80] for name in names if request.query_params.get(name)}
        queryset = practices.filtered(practices.practices_visible_to(self.who), **asked)
        return listed(request, queryset, lambda page: practices.practice_rows(page, self.language), ("-written_at", "-id"))

    def post(self, request):
        if not request.user.is_authenticated:
            self.permission_denied(request)
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

    open_to_visitors = True

    def read(self, request, pk):
        return self.detail(pk)

    def patch(self, request, pk):
        if not request.user.is_authenticated:
            self.permission_denied(request)
        self.practice(pk)
        given = dict(self.given(PracticeChange))
        more = {name: given[name] for name in ("themes", "targets", "audience", "version") if name in given}
        actions.edit(pk, texts={name: given[name] for name in TEXTS if name in given}, **more, actor=request.user)
        return Response(self.detail(pk))


class Step(OfPractice):
    """`submit` and `withdraw` are the city's, `publish` and `return` the secretariat's; `return` takes a reason."""

    verb = ""

    def post(self, request, pk):
        practice = self.practice(pk)
        if self.verb in ("return", "publish"):
            require_second_factor(request)
        if self.verb == "return":
            practice = actions.give_back(pk, self.given(Reason)["reason"], actor=request.user)
        else:
            practice = getattr(actions, self.verb)(pk, actor=request.user)
        return Response(practices.practice_detail(practice, self.language, actor=self.who))


class Translation(OfPractice):
    """The texts in one more language, and whether a person or a machine wrote them."""

    takes = {"POST": TranslationInput}

    def post(self, request, pk, lang):
        self.practice(pk)
        given = dict(self.given(TranslationInput))
        origin = given.pop("origin")
        actions.translate(pk, lang, given, origin=origin, actor=request.user)
        return Response(practices.practice_detail(self.practice(pk), lang, actor=self.who), status=201)


class Transfers(OfPractice):
    """Another city took this up and says what it changed."""

    takes = {"POST": TransferInput}

    def post(self, request, pk):
        self.practice(pk)
        given = self.given(TransferInput)
        actions.transfer(pk, city_id_of(given["city"], request.user), given.get("note", ""), actor=request.user)
        return Response(self.detail(pk), status=201)
