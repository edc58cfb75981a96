"""What a city says of itself, and what becomes of its membership."""

from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.errors import Conflict, Invalid, Unknown
from alliance.languages import state
from alliance.languages.tongues import CODES, spoken
from alliance.ledger.actions import record
from alliance.policy import require

from .. import events
from ..models import Affiliation, City, Official
from ..policies.cities import may_change_state, may_describe
from ..queries.networks import names

LIMITS = {"name": 120, "about": 2000}
WEBSITE_MOST = 200


@transaction.atomic
def describe(city_id: int, language: str, texts: Mapping[str, str], *, origin: str = state.HUMAN, actor) -> City:
    """Set the city's `name` and `about` in one language.

    Raises Invalid, Unknown; Conflict where a machine text would overwrite a human one.
    """
    require(may_describe(actor, city_id))
    city = _held(city_id)
    if language not in CODES:
        raise Invalid(_("We do not know this language."), field="language")
    for field, text in texts.items():
        if field not in LIMITS:
            raise Invalid(_("We do not know this field."), field=field)
        if len(text) > LIMITS[field] or "\x00" in text:
            raise Invalid(_("Please use at most %(most)s characters.") % {"most": LIMITS[field]}, field=field)
    if "name" in texts and not texts["name"].strip():
        raise Invalid(_("Please fill in this field."), field="name")
    if not city.language_states and "about" in texts:
        city.source_language = language
    if not state.write(city, language, texts, origin=origin):
        standing = city.language_states.get(language, {}).get("origin")
        if origin == state.MACHINE and standing in (state.HUMAN, state.CHECKED):
            raise Conflict(_("A machine text never replaces a human one."))
        return city
    city.version += 1
    city.save()
    record(events.CityDescribed(city_id=city.pk, language=language), actor=actor)
    return city


@transaction.atomic
def set_facts(
    city_id: int,
    *,
    website: str | None = None,
    languages: Collection[str] | None = None,
    networks: Collection[str] | None = None,
    actor,
) -> City:
    """Set what holds in every language; None leaves it as it is.

    `website` is an http(s) address or empty, `languages` are ISO 639 codes of the working languages, the first one first,
    `networks` ids of `queries.networks`. Raises Invalid, Unknown.
    """
    require(may_describe(actor, city_id))
    city = _held(city_id)
    changed = []
    if website is not None and (site := _website(website)) != city.website:
        city.website = site
        changed.append("website")
    if languages is not None and (spoken := _languages(languages)) != city.languages:
        city.languages = spoken
        changed.append("languages")
    if networks is not None and _set_networks(city, networks):
        changed.append("networks")
    if changed:
        city.version += 1
        city.save()
        record(events.CityFactsChanged(city_id=city.pk, changed=changed), actor=actor)
    return city


def _held(city_id: int) -> City:
    """The city, which nobody else changes until the transaction ends."""
    city = City.objects.select_for_update(no_key=True).filter(pk=city_id).first()
    if city is None:
        raise Unknown(_("There is no such city."))
    return city


def _website(given: str) -> str:
    site = given.strip()
    if not site:
        return ""
    try:
        if len(site) > WEBSITE_MOST:
            raise ValidationError("")
        URLValidator(schemes=["http", "https"])(site)
    except ValidationError:
        raise Invalid(_("Please give a complete address, such as https://www.city.example."), field="website") from None
    return site


def _languages(given: Collection[str]) -> list[str]:
    codes = list(dict.fromkeys(given))
    if not codes:
        raise Invalid(_("Please choose at least one language."), field="languages")
    if unknown := [code for code in codes if code not in spoken()]:
        raise Invalid(_("We do not know the language “%(code)s”.") % {"code": unknown[0][:20]}, field="languages")
    return codes


def _set_networks(city: City, given: Collection[str]) -> bool:
    wanted = set(given)
    if unknown := wanted - names().keys():
        raise Invalid(_("We do not know the network “%(network)s”.") % {"network": min(unknown)[:40]}, field="networks")
    before = set(Affiliation.objects.filter(city=city).values_list("network", flat=True))
    Affiliation.objects.filter(city=city, network__in=before - wanted).delete()
    Affiliation.objects.bulk_create([Affiliation(city=city, network=network) for network in sorted(wanted - before)])
    return before != wanted


@transaction.atomic
def change_state(city_id: int, after: str, reason: str, *, actor) -> City:
    """Put a city on hold, take it up again, or exclude it. Leaving ends its mandates.

    Raises Conflict for a step that does not exist.
    """
    require(may_change_state(actor))
    if not reason.strip():
        raise Invalid(_("Please give the reason."), field="reason")
    return set_state(city_id, after, reason, actor=actor)


STEPS = {
    (City.State.ADMITTED, City.State.ON_HOLD),
    (City.State.ON_HOLD, City.State.ADMITTED),
    (City.State.ADMITTED, City.State.EXCLUDED),
    (City.State.ON_HOLD, City.State.EXCLUDED),
    (City.State.ADMITTED, City.State.WITHDRAWN),
    (City.State.ON_HOLD, City.State.WITHDRAWN),
}


def set_state(city_id: int, after: str, reason: str, *, actor) -> City:
    """One step of a city's membership. The caller has decided who may, and holds the transaction."""
    city = City.objects.filter(pk=city_id).first()
    if city is None:
        raise Unknown(_("There is no such city."))
    before = city.state
    taken = (before, after) in STEPS and City.objects.filter(pk=city_id, state=before).update(
        state=after, state_reason=reason[:4000], version=F("version") + 1
    )
    if not taken:
        raise Conflict(_("This city is %(state)s: nothing was changed.") % {"state": city.get_state_display()})
    record(events.CityStateChanged(city_id=city_id, before=before, after=after, reason=reason), actor=actor)
    if after in (City.State.WITHDRAWN, City.State.EXCLUDED):
        end_mandates(city_id, actor=actor)
    city.refresh_from_db()
    return city


def end_mandates(city_id: int, *, actor) -> None:
    """Every mandate of a city that leaves ends now."""
    now = clock.now()
    for official in Official.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), city=city_id):
        Official.objects.filter(pk=official.pk).update(ends_at=now)
        record(events.MandateEnded(official_id=official.pk, city_id=city_id, user_id=official.user_id), actor=actor)


def mark_signed(city_id: int, at, *, actor) -> None:
    """Note when the signature in force was given (None once withdrawn), so that lists need not ask the register."""
    City.objects.filter(pk=city_id).update(signed_at=at, version=F("version") + 1)
