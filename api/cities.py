"""Cities, the places they may come from, and the themes they share."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from alliance.errors import Invalid
from alliance.languages.state import TRANSLATION_ORIGINS
from alliance.search import thesaurus
from exchanges.queries import targets
from members.actions import cities as actions
from members.queries import cities, places

from .door import Door
from .openapi import LISTS
from .pagination import listed

YES_NO = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Cities(Door):
    """Cities that are or were members. Filters: `country`, `network`, `signed`, `q`."""

    asks = ("country", "network", "signed", "q", *LISTS)

    kept = open_to_visitors = True

    def read(self, request):
        asked = request.query_params
        signed = asked.get("signed", "").lower()
        if signed and signed not in YES_NO:
            raise Invalid(_("“signed” is true or false."), field="signed")
        found = cities.filtered(
            cities.cities_visible_to(request.user),
            country=asked.get("country", "")[:2].replace("\x00", ""),
            network=asked.get("network", "")[:40].replace("\x00", ""),
            signed=YES_NO[signed] if signed else None,
            q=asked.get("q", "")[:100].replace("\x00", ""),
        )
        return listed(request, found, lambda page: cities.city_rows(page, self.language), ("slug",))


class CityTexts(serializers.Serializer):
    name = serializers.CharField(max_length=120, required=False)
    about = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    origin = serializers.ChoiceField(choices=TRANSLATION_ORIGINS, required=False, default="human")


class City(Door):
    """One city."""

    kept = open_to_visitors = True

    def read(self, request, slug):
        return cities.city_row(self.found(cities.cities_visible_to(request.user).filter(slug=slug).first()), self.language)


class CityTranslation(Door):
    """What a city says of itself, in one language."""

    takes = {"POST": CityTexts}

    def post(self, request, slug, lang):
        city = self.found(cities.cities_visible_to(request.user).filter(slug=slug).first())
        given = dict(self.given(CityTexts))
        origin = given.pop("origin")
        city = actions.describe(city.pk, lang, given, origin=origin, actor=request.user)
        return Response(cities.city_row(city, lang))


class Places(Door):
    """Real places by any of their names: `?q=`."""

    asks = ("q",)

    kept = open_to_visitors = True

    def read(self, request):
        q = request.query_params.get("q", "")
        if len(q) > 100:
            raise Invalid(_("Please use at most %(most)s characters.") % {"most": 100}, field="q")
        rows = [
            {
                "id": place.id,
                "name": places.name_in(place.id, self.language),
                "country": place.country,
                "country_name": places.country_name(place.country, self.language),
                "population": place.population,
            }
            for place in places.places_named(q, 20)
        ]
        return {"next": None, "previous": None, "results": rows}


class Themes(Door):
    """The thesaurus of themes, in the reader's language."""

    kept = open_to_visitors = True

    def read(self, request):
        return {"next": None, "previous": None, "results": thesaurus.themes(self.language)}


class Targets(Door):
    """The aims that practices answer to: SDG targets and the ECCAR ten points."""

    kept = open_to_visitors = True

    def read(self, request):
        return {"next": None, "previous": None, "results": targets.targets(self.language)}
