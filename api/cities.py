"""Cities, the places they may come from, and the themes they share."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from alliance.errors import Invalid
from alliance.languages.state import TRANSLATION_ORIGINS
from alliance.search import thesaurus
from exchanges.queries import targets
from members.actions import cities as actions
from members.queries import cities, networks, places

from .answers import cities as answers
from .answers.parts import page_of
from .door import READING, Door
from .openapi import LISTS, Ask
from .pagination import listed

YES_NO = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Cities(Door):
    """Cities that are or were members, by slug."""

    asks = {
        "GET": {
            "country": Ask("Only cities of this country (ISO 3166-1 alpha-2)."),
            "network": Ask("Only cities that belong to this other network, as `networks` names it."),
            "signed": Ask("Only those with (`true`), or without (`false`), a signature in force.", bool),
            "q": Ask("A part of the name, in any language."),
            **LISTS,
        }
    }
    gives = {"GET": page_of(answers.City)}

    kept = True
    open_to_visitors = READING

    def read(self, request):
        asked = request.query_params
        signed = asked.get("signed", "").lower()
        if signed and signed not in YES_NO:
            raise Invalid(_("“signed” is true or false."), field="signed")
        found = cities.filtered(
            cities.cities_visible_to(request.user),
            country=asked.get("country", "")[:80].replace("\x00", ""),
            network=asked.get("network", "")[:40].replace("\x00", ""),
            signed=YES_NO[signed] if signed else None,
            q=asked.get("q", "")[:100].replace("\x00", ""),
        )
        return listed(request, found, lambda page: cities.city_rows(page, self.language), ("slug",))


class CityTexts(serializers.Serializer):
    """What a city says of itself, in one language."""

    name = serializers.CharField(max_length=120, required=False, help_text="Its name in this language.")
    about = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="What it says of itself.")
    origin = serializers.ChoiceField(
        choices=TRANSLATION_ORIGINS, required=False, default="human", help_text="Who made this text, if it is a translation."
    )


class CityFacts(serializers.Serializer):
    """What holds in every language; what is left out stays as it is."""

    website = serializers.CharField(
        max_length=actions.WEBSITE_MOST, required=False, allow_blank=True, help_text="Address of its website, or empty."
    )
    languages = serializers.ListField(
        child=serializers.CharField(max_length=20), max_length=20, required=False,
        help_text="Languages the city works in (ISO 639-1), the first one first.",
    )  # fmt: skip
    networks = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=100, required=False,
        help_text="Ids of the other networks that it belongs to, as `networks/` lists them.",
    )  # fmt: skip


class City(Door):
    """One city, by its slug. Its officials and the secretariat change what holds in every language."""

    takes = {"PATCH": CityFacts}
    gives = {"GET": answers.City, "PATCH": answers.City}

    kept = True
    open_to_visitors = READING

    def read(self, request, slug):
        return cities.city_row(self.found(cities.cities_visible_to(request.user).filter(slug=slug).first()), self.language)

    def patch(self, request, slug):
        city = self.found(cities.cities_visible_to(request.user).filter(slug=slug).first())
        city = actions.set_facts(city.pk, **self.given(CityFacts), actor=request.user)
        return Response(cities.city_row(city, self.language))


class CityTranslation(Door):
    """Write what a city says of itself, in one language. For its officials and the secretariat."""

    takes = {"POST": CityTexts}
    gives = {"POST": answers.City}

    def post(self, request, slug, lang):
        city = self.found(cities.cities_visible_to(request.user).filter(slug=slug).first())
        given = dict(self.given(CityTexts))
        origin = given.pop("origin")
        city = actions.describe(city.pk, lang, given, origin=origin, actor=request.user)
        return Response(cities.city_row(city, lang))


class Places(Door):
    """Real places by any of their names, at most 20: the one called so first, then the larger ones."""

    asks = {"GET": {"q": Ask("How the name begins, in any language, with or without accents.")}}
    gives = {"GET": page_of(answers.Place)}

    kept = True
    open_to_visitors = READING

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


class Networks(Door):
    """Other networks that a city may belong to, each by the name that it gives itself."""

    gives = {"GET": page_of(answers.Network)}

    kept = True
    open_to_visitors = READING

    def read(self, request):
        return {"next": None, "previous": None, "results": networks.networks()}


class Themes(Door):
    """The thesaurus of themes, in the reader's language: the broad ones, each followed by its parts."""

    gives = {"GET": page_of(answers.Theme)}

    kept = True
    open_to_visitors = READING

    def read(self, request):
        return {"next": None, "previous": None, "results": thesaurus.themes(self.language)}


class Targets(Door):
    """The aims that practices answer to. They are the targets of the SDGs and the ten points of ECCAR."""

    gives = {"GET": page_of(answers.Target)}

    kept = True
    open_to_visitors = READING

    def read(self, request):
        return {"next": None, "previous": None, "results": targets.targets(self.language)}
