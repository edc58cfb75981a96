"""Cities, as everybody may read them."""

from django.db.models import Q, QuerySet

from alliance.languages import state
from alliance.languages.tongues import CODES

from ..models import Affiliation, City
from . import places

NAMES = tuple(f"name_{code}" for code in CODES)


def cities_visible_to(actor) -> QuerySet[City]:
    """Every city that is or was a member is public: the register names it for ever."""
    return City.objects.all()


def members() -> QuerySet[City]:
    """Cities that have their seat."""
    return City.objects.filter(state__in=(City.State.ADMITTED, City.State.ON_HOLD))


def filtered(
    queryset: QuerySet[City], *, country: str = "", network: str = "", signed: bool | None = None, q: str = ""
) -> QuerySet[City]:
    """The filters of the list: ISO country code, another network's id, signed or not, a part of a name in any language."""
    if country:
        queryset = queryset.filter(country=country.upper())
    if network:
        queryset = queryset.filter(pk__in=Affiliation.objects.filter(network=network).values("city"))
    if signed is not None:
        queryset = queryset.filter(signed_at__isnull=not signed)
    if q:
        wanted = Q(slug__contains=places.folded(q).replace(" ", "-"))
        for column in NAMES:
            wanted |= Q(**{f"{column}__icontains": q})
        queryset = queryset.filter(wanted)
    return queryset


LIST_COLUMNS = (
    "id", "slug", "country", "latitude", "longitude", "population", "languages", "state", "admitted_at", "signed_at", "website",
    "source_language", "language_states", "wording", *NAMES, *(f"about_{code}" for code in CODES),
)  # fmt: skip


def city_rows(queryset: QuerySet[City], language: str) -> list[dict]:
    """The cities of a page as plain dicts, in one query and one more for their other networks."""
    rows = list(queryset.values(*LIST_COLUMNS))
    networks: dict[int, list[str]] = {}
    for city_id, network in (
        Affiliation.objects.filter(city__in=[row["id"] for row in rows]).order_by("network").values_list("city", "network")
    ):
        networks.setdefault(city_id, []).append(network)
    return [_row(row, language, networks.get(row["id"], [])) for row in rows]


def city_row(city: City, language: str) -> dict:
    """One city as the same dict."""
    return city_rows(City.objects.filter(pk=city.pk), language)[0]


def _row(row: dict, language: str, networks: list[str]) -> dict:
    tongue = state.note(language, row["source_language"], row["language_states"], row["wording"])
    return {
        "id": row["id"],
        "slug": row["slug"],
        "name": row[f"name_{language}"] or row["name_en"] or row["slug"],
        "country": row["country"],
        "country_name": places.country_name(row["country"], language),
        "latitude": row["latitude"],
        "longitude": row["longitude"],
        "population": row["population"],
        "languages": row["languages"],
        "state": row["state"],
        "admitted_at": row["admitted_at"],
        "signed": row["signed_at"] is not None,
        "signed_at": row["signed_at"],
        "website": row["website"],
        "networks": networks,
        "about": row[f"about_{tongue['shown']}"] or "",
        "language": tongue,
    }


def networks_of_cities() -> list[str]:
    """The ids of the other networks that some city belongs to."""
    return list(Affiliation.objects.order_by("network").values_list("network", flat=True).distinct())


def briefs(city_ids, language: str) -> dict[int, dict]:
    """id → {slug, name, country} for many cities in one query: what lists of other things say of their city."""
    columns = ("id", "slug", "country", "name_en", f"name_{language}")
    return {
        row["id"]: {
            "slug": row["slug"],
            "name": row[f"name_{language}"] or row["name_en"] or row["slug"],
            "country": row["country"],
        }
        for row in City.objects.filter(pk__in=set(city_ids)).values(*columns)
    }
