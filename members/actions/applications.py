"""A city asks to join; the secretariat decides."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from alliance import clock
from alliance.errors import Conflict, Invalid, Unknown
from alliance.languages.tongues import CODES
from alliance.ledger.actions import record
from alliance.policy import require

from .. import codes, events
from ..models import Application, City, Official
from ..policies.admission import may_decide
from ..queries import places
from . import accounts

CODE_LIFE = timedelta(hours=48)
CODE_LENGTH = 8
ATTEMPTS = 5
State = Application.State


@transaction.atomic
def apply(*, place: int, contact_name: str, contact_email: str, role: str, motivation: str, language: str, actor) -> Application:
    """A city asks to join. A letter with a code goes to the contact, in the language of the application.

    Raises Invalid for an unknown place, language or address, Conflict when the city is a member or its application is open.
    """
    if places.place(place) is None:
        raise Invalid(_("We do not know this place. Please choose it from the list."), field="place")
    if language not in CODES:
        raise Invalid(_("We do not know this language."), field="language")
    if City.objects.filter(place=place).exists():
        raise Conflict(_("This city is a member already."), field="place")
    if Application.objects.filter(place=place, state__in=(State.AWAITING_DECISION, State.RETURNED)).exists():
        raise Conflict(_("An application of this city is open already."), field="place")
    texts = _texts(contact_name=contact_name, role=role, motivation=motivation)
    application = Application.objects.create(
        place=place, contact_email=_address(contact_email), language=language, code_salt=codes.fresh_salt(),
        code_expires_at=clock.now() + CODE_LIFE, **texts,
    )  # fmt: skip
    record(events.ApplicationReceived(application_id=application.pk, place=place), actor=actor)
    return application


def code_of(application: Application) -> str:
    """The code that the letter of this application carries."""
    return codes.code_for(f"application:{application.pk}", application.code_salt, length=CODE_LENGTH)


def recognise(application_id: int, code: str) -> Application:
    """The application whose newest letter carries `code`. A wrong code counts, in a transaction of its own.

    Raises Invalid, with the same words for a wrong code, one used up by guessing, and a number that no application has: who
    has no letter learns nothing by counting, not even which numbers there are.
    """
    application = Application.objects.filter(pk=application_id).first()
    if application is not None and application.code_attempts < ATTEMPTS:
        if codes.same(code, code_of(application)):
            return application
        Application.objects.filter(pk=application.pk).update(code_attempts=F("code_attempts") + 1)
    wrong = _("This is not the code of the e-mail, or it was tried too often. Please check it, or send the application again.")
    raise Invalid(wrong, field="code")


def confirm(application_id: int, code: str, *, actor) -> Application:
    """The contact proves the address. Raises Invalid for a wrong code, Conflict for one that is not needed or too old."""
    application = _checked(application_id, code, State.AWAITING_CONTACT)
    try:
        with transaction.atomic():
            _move(application, State.AWAITING_CONTACT, State.AWAITING_DECISION, confirmed_at=clock.now())
            record(events.ApplicationConfirmed(application_id=application.pk), actor=actor)
    except IntegrityError:
        raise Conflict(_("An application of this city is open already."), field="place") from None
    return application


def amend(application_id: int, code: str, *, motivation: str, role: str, contact_name: str, actor) -> Application:
    """The city completes an application that came back, with the code of the letter that told it so."""
    application = _checked(application_id, code, State.RETURNED)
    with transaction.atomic():
        texts = _texts(contact_name=contact_name, role=role, motivation=motivation)
        _move(application, State.RETURNED, State.AWAITING_DECISION, **texts)
        record(events.ApplicationAmended(application_id=application.pk), actor=actor)
    return application


@transaction.atomic
def give_back(application_id: int, reason: str, *, actor) -> Application:
    """The secretariat asks the city to complete its application; the letter carries a new code."""
    application = _to_decide(application_id, actor)
    facts = {"reason": _reason(reason), "code_salt": codes.fresh_salt(), "code_attempts": 0}
    _move(application, State.AWAITING_DECISION, State.RETURNED, code_expires_at=clock.now() + timedelta(days=60), **facts)
    record(events.ApplicationReturned(application_id=application.pk, reason=application.reason), actor=actor)
    return application


@transaction.atomic
def refuse(application_id: int, reason: str, *, actor) -> Application:
    """The secretariat refuses, with its reason."""
    application = _to_decide(application_id, actor)
    _move(application, State.AWAITING_DECISION, State.REFUSED, reason=_reason(reason), decided_at=clock.now(), decided_by=actor)
    record(events.ApplicationRefused(application_id=application.pk, reason=application.reason), actor=actor)
    return application


@transaction.atomic
def admit(application_id: int, reason: str, *, actor) -> Application:
    """The secretariat admits: the city is made, and the contact becomes its coordinator. `application.city` is the city."""
    application = _to_decide(application_id, actor)
    given = _reason(reason)
    # The move is the lock: whoever decides at the same moment waits here, and is then told that it is decided.
    _move(application, State.AWAITING_DECISION, State.ADMITTED, reason=given, decided_at=clock.now(), decided_by=actor)
    city = found_city(application.place, language=application.language, actor=actor)
    Application.objects.filter(pk=application.pk).update(city=city)
    application.city = city
    person = accounts.open_account(
        application.contact_email, label=application.contact_name, language=application.language, actor=actor
    )
    seat(city, person, Official.Role.COORDINATOR, actor=actor)
    record(events.ApplicationAdmitted(application_id=application.pk, city_id=city.pk, reason=given), actor=actor)
    return application


def found_city(place_id: int, *, language: str, names: dict[str, str] | None = None, slug: str = "", actor) -> City:
    """The city at a place. The caller decides that it is admitted, and holds the transaction.

    Raises Unknown for a place that is none, Conflict when the city is a member.
    """
    place = places.place(place_id)
    if place is None:
        raise Unknown(_("We do not know this place. Please choose it from the list."))
    slug = slug or slugify(place.name) or f"city-{place.id}"
    city = City(
        place=place.id, country=place.country, latitude=place.latitude, longitude=place.longitude,
        population=place.population, languages=[language], source_language=language, admitted_at=clock.now(),
    )  # fmt: skip
    for code, name in (names or places.names_of(place.id)).items():
        setattr(city, f"name_{code}", name)
    _save_under_a_free_name(city, (slug, f"{slug}-{place.country.lower()}", f"{slug}-{place.country.lower()}-{place.id}"))
    record(events.CityAdmitted(city_id=city.pk), actor=actor)
    return city


def _save_under_a_free_name(city: City, slugs: tuple[str, ...]) -> None:
    """Store a new city under the first of these that is free. Another city may take one at the same moment: then the next."""
    for slug in slugs:
        if City.objects.filter(place=city.place).exists():
            raise Conflict(_("This city is a member already."), field="place")
        if City.objects.filter(slug=slug).exists():
            continue
        city.slug = slug
        try:
            with transaction.atomic():
                city.save()
        except IntegrityError:
            continue
        return
    raise Conflict(_("This city is a member already."), field="place")


def seat(city: City, person, role: str, *, actor) -> Official:
    """Give a known person a mandate at once. The caller holds the transaction and the proof of the address."""
    now = clock.now()
    official = Official.objects.create(
        city=city, email=person.email, user=person, role=role, language=person.language, invited_by=actor, starts_at=now
    )
    record(events.MandateBegan(official_id=official.pk, city_id=city.pk, user_id=person.pk, role=role), actor=actor)
    return official


def _to_decide(application_id: int, actor) -> Application:
    require(may_decide(actor))
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        raise Unknown(_("There is no such application."))
    return application


def _move(application: Application, before: str, after: str, **facts) -> None:
    """Compare and swap: who comes second is told what the application has become."""
    if not Application.objects.filter(pk=application.pk, state=before).update(state=after, **facts):
        application.refresh_from_db()
        raise Conflict(_("This application is %(state)s: nothing was changed.") % {"state": application.get_state_display()})
    application.refresh_from_db()


def _checked(application_id: int, code: str, state: str) -> Application:
    """The application whose letter carried `code`, if it is in `state` and the code is not too old."""
    application = recognise(application_id, code)
    if application.state != state:
        raise Conflict(_("This application is %(state)s: nothing was changed.") % {"state": application.get_state_display()})
    if not application.code_expires_at or application.code_expires_at < clock.now():
        raise Conflict(_("This code is no longer valid. Please send the application again to receive a new one."), field="code")
    return application


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
        if len(address) > 254:
            raise ValidationError("RFC 5321 allows no more")
    except ValidationError:
        raise Invalid(_("Please give a complete e-mail address, such as office@city.example."), field="contact_email") from None
    return address


def _texts(**given: str) -> dict[str, str]:
    limits = {"contact_name": 120, "role": 120, "motivation": 4000}
    for field, text in given.items():
        if not text.strip():
            raise Invalid(_("Please fill in this field."), field=field)
        if len(text) > limits[field]:
            raise Invalid(_("Please use at most %(most)s characters.") % {"most": limits[field]}, field=field)
        if "\x00" in text:
            raise Invalid(_("This text contains a character that cannot be stored."), field=field)
    return {field: text.strip() for field, text in given.items()}


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Please give the reason."), field="reason")
    if len(reason) > 4000 or "\x00" in reason:
        raise Invalid(_("Please use at most %(most)s characters.") % {"most": 4000}, field="reason")
    return reason.strip()
