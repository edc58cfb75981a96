"""A small world with one of everything, and eight people who look at it."""

from datetime import date, timedelta
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from alliance import background, clock
from alliance.accord.actions import signing
from alliance.accord.queries import editions
from alliance.founding import network
from exchanges.actions import documents, practices, reports, rooms
from members.actions import accounts, applications, officials
from members.actions import network as staff
from members.models import User
from members.queries.accounts import person_by_email

WHO = ("visitor", "applicant", "official_a", "official_b", "ended", "secretariat", "moderator", "deactivated")
BOLOGNA, TUNIS, PORTO, DAKAR, LYON = 3181928, 2464470, 2735943, 2253354, 2996944
TEXTS = {
    "title": "Open schoolyards", "summary": "Nine schoolyards.", "context": "Hot nights.", "action": "We opened them.",
    "results": "More shade.", "failed": "Water was missing.", "cost": "Some.",
}  # fmt: skip
ACT = {"date": date(2026, 10, 1), "reference": "D/1", "votes_for": 3, "votes_against": 1, "abstentions": 0}


def made() -> SimpleNamespace:
    """Everything, by name; what waits for the worker is done."""
    with transaction.atomic():
        world = _made()
    background.run_waiting()
    return world


def _made() -> SimpleNamespace:
    network.found(name="Alliance", languages=["en", "fr"], email="secretariat@x.example")
    secretariat = person_by_email("secretariat@x.example")
    moderator = staff.seat_staff("moderator@x.example", "moderator", language="en", actor=None)
    people = {"secretariat": secretariat, "moderator": moderator}
    a, people["official_a"] = _city(BOLOGNA, "a", secretariat, "coordinator", "signatory")
    b, people["official_b"] = _city(TUNIS, "b", secretariat, "coordinator", "signatory")
    for name in ("ended", "deactivated"):
        people[name] = accounts.open_account(f"{name}@x.example", label=name, language="en", actor=None)
        mandate = applications.seat(a, people[name], "contributor", actor=secretariat)
        if name == "ended":
            with clock.at(clock.now() - timedelta(minutes=1)):
                officials.end(mandate.pk, actor=secretariat)
    signing.sign(b.pk, editions.current().sha256, ACT, actor=people["official_b"])
    ids = _things(a, b, people)
    ids["official"] = officials.invite(a.pk, email="new@x.example", role="observer", language="en", actor=people["official_a"])
    # Each has a token; the deactivated one's was issued while the account was open.
    tokens = {name: accounts.issue_token(person.pk, days=None, actor=None) for name, person in people.items()}
    accounts.deactivate(people["deactivated"].pk, "left", actor=secretariat)
    return SimpleNamespace(people=people, tokens=tokens, a=a, b=b, **ids)


def _city(place: int, name: str, secretariat: User, *roles: str):
    city = applications.found_city(place, language="en", actor=secretariat)
    person = accounts.open_account(f"official_{name}@x.example", label=f"Office {name}", language="en", actor=None)
    for role in roles:
        applications.seat(city, person, role, actor=secretariat)
    return city, person


def _things(a, b, people) -> dict:
    office, other = people["official_a"], people["official_b"]
    secretariat = people["secretariat"]

    def practice(kind: str):
        return practices.draft(a.pk, source_language="en", texts=TEXTS, audience={"kind": kind}, actor=office)

    published, submitted, draft = practice("public"), practice("members"), practice("own")
    for row in (published, submitted):
        practices.submit(row.pk, actor=office)
    practices.publish(published.pk, actor=secretariat)
    file = SimpleUploadedFile("note.txt", b"A note about schoolyards.", content_type="text/plain")
    document = documents.share(
        a.pk, title="A note", source_language="en", audience={"kind": "members"}, upload=file, practice_id=None, actor=office
    )
    room = rooms.open_room("Water", {"kind": "cities", "cities": [a.slug, b.slug]}, city_id=a.pk, actor=office)
    named = rooms.open_room("Roots", {"kind": "room"}, city_id=a.pk, actor=office)
    rooms.add_person(named.pk, email=other.email, actor=office)
    message, _new = rooms.post(room.pk, "Hello", nonce="1", actor=office)
    report = reports.report(f"message:{message.pk}", "other", "", actor=other)
    return {
        "published": published, "submitted": submitted, "draft": draft, "document": document, "room": room, "named": named, "message": message,
        "report": report, "waiting": _application(PORTO, confirmed=True), "unconfirmed": _application(DAKAR, confirmed=False),
        "returned": _returned(secretariat),
    }  # fmt: skip


def _application(place: int, *, confirmed: bool):
    facts = {"contact_name": "Office", "contact_email": f"p{place}@x.example", "role": "r", "motivation": "m", "language": "en"}
    application = applications.apply(place=place, **facts, actor=None)
    if confirmed:
        applications.confirm(application.pk, applications.code_of(application), actor=None)
    return application


def _returned(secretariat):
    application = _application(LYON, confirmed=True)
    return applications.give_back(application.pk, "more", actor=secretariat)
