"""What tests build on: cities, people and what they share, made by the same actions as in life."""

import itertools

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from alliance.accord.actions import publishing
from alliance.accord.queries import editions
from alliance.founding.network import charter_texts
from exchanges.actions import documents, practices, rooms
from exchanges.models import Document, Practice, Room
from members.actions import accounts, applications
from members.models import City, Official, User

# Real places (geonames ids); a test that needs more cities than these says which.
PLACES = {
    "bologna": 3181928, "dakar": 2253354, "lyon": 2996944, "granada": 2517117, "leipzig": 2879139, "porto": 2735943,
    "alexandria": 361058, "bristol": 2654675, "rosario": 3838583, "montreal": 6077243, "gaziantep": 314830, "kigali": 202061,
}  # fmt: skip
_numbers = itertools.count(1)

TEXTS = {
    "title": "Des cours d’école ouvertes le soir",
    "summary": "Les cours des écoles deviennent des jardins de quartier après la classe.",
    "context": "Peu d’ombre et peu de places dans le centre.",
    "action": "La ville a planté des arbres et ouvert les grilles jusqu’à 21 heures.",
    "results": "Douze cours ouvertes, et le soir des voisins qui se parlent.",
    "failed": "La première année, personne n’avait prévu l’entretien.",
    "cost": "Environ 40 000 euros par cour.",
}


def person(email: str = "", *, language: str = "en", staff: str = "", password: str = "") -> User:
    """Somebody with an account and a proved address, without a mandate. `staff` is their office in the network."""
    address = email or f"person{next(_numbers)}@somewhere.example"
    with transaction.atomic():
        made = accounts.open_account(address, label=address.split("@")[0], language=language, staff_role=staff, actor=None)
    if password:
        made.set_password(password)
        made.save()
    return made


def secretariat(email: str = "secretariat@house.example", **facts) -> User:
    return person(email, staff="secretariat", **facts)


def moderator(email: str = "moderator@house.example", **facts) -> User:
    return person(email, staff="moderator", **facts)


def city(slug: str = "", *, language: str = "fr", state: str = "") -> City:
    """A member city: `slug` one of PLACES, or the first that is not a member yet."""
    slug = slug or next(name for name in PLACES if not City.objects.filter(place=PLACES[name]).exists())
    with transaction.atomic():
        made = applications.found_city(PLACES[slug], language=language, slug=slug, actor=None)
    if state:
        City.objects.filter(pk=made.pk).update(state=state)
        made.refresh_from_db()
    return made


def official(city: City, role: str = "contributor", email: str = "", *, language: str = "") -> User:
    """A person with an active mandate for the city."""
    somebody = person(email or f"{role}{next(_numbers)}@{city.slug}.example", language=language or city.source_language)
    with transaction.atomic():
        applications.seat(city, somebody, role, actor=None)
    return somebody


def end_mandates_of(somebody: User) -> None:
    """The person's mandates ended a moment ago."""
    from alliance import clock

    Official.objects.filter(user=somebody).update(ends_at=clock.now())


def practice(
    city: City, *, by: User | None = None, state: str = "published", language: str = "fr", texts=None, audience=None, **more
) -> Practice:
    """A practice of the city, brought by its steps to `state`: draft, submitted, returned, published or withdrawn."""
    author = by or official(city)
    made = practices.draft(
        city.pk, source_language=language, texts={**TEXTS, **(texts or {})}, audience=audience or {"kind": "public"},
        actor=author, **more,
    )  # fmt: skip
    if state in ("submitted", "returned", "published", "withdrawn"):
        practices.submit(made.pk, actor=author)
    if state == "returned":
        practices.give_back(made.pk, "Please say what it cost.", actor=_house())
    if state in ("published", "withdrawn"):
        practices.publish(made.pk, actor=_house())
    if state == "withdrawn":
        practices.withdraw(made.pk, actor=author)
    made.refresh_from_db()
    return made


def file(content: bytes = b"Trees and open gates.\n", name: str = "note.txt") -> SimpleUploadedFile:
    """A file as a form sends it."""
    return SimpleUploadedFile(name, content)


def document(
    city: City, *, by: User | None = None, title: str = "Plan des cours", language: str = "fr", audience=None, upload=None, **more
) -> Document:
    """A document of the city; its file is still being checked (`background.run_waiting()` checks it)."""
    return documents.share(
        city.pk, title=title, source_language=language, audience=audience or {"kind": "public"}, upload=upload or file(),
        actor=by or official(city), **more,
    )  # fmt: skip


def room(city: City, *, by: User | None = None, title: str = "Salle", audience=None) -> Room:
    """A room that an official of the city opened, by default for that person alone."""
    return rooms.open_room(title, audience or {"kind": "room"}, city_id=city.pk, language="fr", actor=by or official(city))


def _house() -> User:
    return User.objects.filter(staff_role="secretariat").first() or secretariat()


def edition():
    """The charter's first edition, published."""
    return editions.current() or publishing.publish(charter_texts()[0], actor=None)
