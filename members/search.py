"""What of the members can be found: their cities."""

from alliance.languages import state
from alliance.languages.tongues import CODES
from alliance.search.index import Document, Index, Text, stale_in

from .models import City
from .queries import cities, places


class CityIndex(Index):
    kind = "city"

    @classmethod
    def queryset(cls):
        return City.objects.all()

    @classmethod
    def visible_to(cls, actor):
        return cities.cities_visible_to(actor)

    @classmethod
    def document(cls, thing: City) -> Document:
        # A city has a name in every language; what it says of itself, only in some.
        texts = {
            code: Text(
                state.text_of(thing, "name", code) or thing.slug,
                " · ".join(filter(None, (places.country_name(thing.country, code), state.text_of(thing, "about", code)))),
            )
            for code in CODES
        }
        return Document(
            kind=cls.kind,
            id=thing.pk,
            version=thing.version,
            source_language=thing.source_language,
            texts=texts,
            audience=frozenset({"public"}),
            path=f"/cities/{thing.slug}/",
            city=thing.slug,
            at=thing.admitted_at,
            states={code: known.get("origin", state.HUMAN) for code, known in thing.language_states.items()},
            stale=stale_in(thing.source_language, thing.language_states, thing.wording),
        )
