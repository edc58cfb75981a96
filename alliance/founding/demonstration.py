"""The demonstration network: real cities, imagined exchanges, no persons; told through the same actions as life."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation

from alliance import background, clock
from alliance.accord.actions import signing
from alliance.accord.queries import editions
from exchanges.actions import documents, practices, rooms
from members.actions import accounts, applications, cities, network
from members.queries import accounts as people
from members.queries.cities import cities_visible_to

from .network import found
from .papers import paper

DATA = Path(__file__).resolve().parent / "data"
DOMAIN = "demo.example"
SECRETARIAT, MODERATOR = f"secretariat@{DOMAIN}", f"moderator@{DOMAIN}"
BEGINNING = datetime(2026, 9, 21, 9, tzinfo=UTC)
OFFICES = {
    "fr": ("Bureau international", "Mairie"), "en": ("International office", "Mayor’s office"),
    "es": ("Oficina internacional", "Alcaldía"), "it": ("Ufficio internazionale", "Ufficio del sindaco"),
    "de": ("Internationales Büro", "Amt der Stadtspitze"), "pt": ("Gabinete internacional", "Gabinete da presidência"),
    "ar": ("مكتب العلاقات الدولية", "ديوان رئاسة البلدية"),
}  # fmt: skip


def load(say: Callable[[str], None]) -> None:
    """Found the demonstration network on an empty database, all in one transaction: `say` hears what is being done."""
    with transaction.atomic():
        with clock.at(BEGINNING):
            found(name="Alliance", languages=[*translation_codes()], email=SECRETARIAT, demonstration=True)
            network.seat_staff(MODERATOR, "moderator", language="en", actor=None)
        known = _read("cities")
        say(f"{len(known)} cities, with their offices, deliberations and signatures")
        for row in known:
            _city(row)
        for row in sorted((row for row in known if row.get("signed_at")), key=lambda row: row["signed_at"]):
            _sign(row)
        written = _read("practices-a") + _read("practices-b")
        say(f"{len(written)} practices")
        by_key = {row["key"]: _practice(row) for row in sorted(written, key=lambda row: row["published_at"])}
        shared = _read("documents")
        say(f"{len(shared)} documents")
        for row in shared:
            _document(row, by_key)
        talk = _read("rooms")
        say(f"{len(talk)} rooms")
        for row in talk:
            _room(row)
        for row in _read("applications"):
            _application(row)
        for row in known:
            _leave(row)


def translation_codes() -> tuple[str, ...]:
    """The languages of the interface, in the order in which they are offered."""
    return tuple(OFFICES)


def _read(name: str) -> list[dict]:
    return json.loads((DATA / f"{name}.json").read_text())


def _on(day: str, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour, minute), tzinfo=UTC)


def _person(email: str):
    return people.person_by_email(email)


def _office(slug: str):
    return _person(f"office@{slug}.{DOMAIN}")


def _city_id(slug: str) -> int:
    return cities_visible_to(None).values_list("pk", flat=True).get(slug=slug)


def _city(row: dict) -> None:
    """The city, its coordinating office and its signatory, some days after the beginning."""
    language = row["languages"][0]
    secretariat = _person(SECRETARIAT)
    begun = min(BEGINNING + timedelta(days=1), _on(row["signed_at"]) - timedelta(days=2)) if row.get("signed_at") else None
    with clock.at(begun or BEGINNING + timedelta(days=20)):
        city = applications.found_city(
            row["geonameid"], language=language, names=row["name"], slug=row["slug"], actor=secretariat
        )
        for account, role, kind in (("office", "coordinator", 0), ("mayor", "signatory", 1)):
            label = f"{OFFICES[language][kind]}{'،' if language == 'ar' else ','} {row['name'][language]}"
            person = accounts.open_account(f"{account}@{row['slug']}.{DOMAIN}", label=label, language=language, actor=secretariat)
            applications.seat(city, person, role, actor=secretariat)
        office = _office(row["slug"])
        for code in sorted(row["about"], key=lambda code: code != language):
            cities.describe(city.pk, code, {"about": row["about"][code]}, actor=office)


def _sign(row: dict) -> None:
    given = row["deliberation"]
    act = {**given, "date": date.fromisoformat(given["date"])}
    with clock.at(_on(row["signed_at"], 11)), translation.override(row["languages"][0]):
        edition = editions.current()
        assert edition is not None  # noqa: S101 - the network was founded with one
        signing.sign(_city_id(row["slug"]), edition.sha256, act, actor=_person(f"mayor@{row['slug']}.{DOMAIN}"))


def _practice(row: dict) -> int:
    """Drafted, submitted, published, translated and taken up, as the data says. Returns its id."""
    office, source = _office(row["city"]), row["source_language"]
    published = _on(row["published_at"], 14)
    with clock.at(published - timedelta(days=3)):
        practice = practices.draft(
            _city_id(row["city"]),
            source_language=source,
            texts=row["texts"][source],
            themes=row["themes"],
            targets=row["targets"],
            audience={"kind": "public"},
            actor=office,
        )
        practices.submit(practice.pk, actor=office)
    with clock.at(published):
        practices.publish(practice.pk, actor=_person(SECRETARIAT))
    with clock.at(published + timedelta(hours=3)):
        for code, texts in row["texts"].items():
            if code != source:
                practices.translate(practice.pk, code, texts, origin=row["origins"].get(code, "human"), actor=office)
    for transfer in row.get("transfers", []):
        with clock.at(published + timedelta(days=2)), translation.override(transfer["note"]["language"]):
            practices.transfer(practice.pk, _city_id(transfer["city"]), transfer["note"]["text"], actor=_office(transfer["city"]))
    return practice.pk


def _document(row: dict, by_key: dict[str, int]) -> None:
    name, media_type, content = paper(row)
    upload = SimpleUploadedFile(name, content, content_type=media_type)
    with clock.at(BEGINNING + timedelta(days=45)):
        documents.share(
            _city_id(row["city"]),
            title=row["title"],
            source_language=row["language"],
            audience=row["audience"],
            upload=upload,
            practice_id=by_key.get(row.get("practice") or ""),
            actor=_office(row["city"]),
        )


def _room(row: dict) -> None:
    first = datetime.fromisoformat(row["messages"][0]["at"])
    with clock.at(first - timedelta(hours=1)):
        room = rooms.open_room(
            row["title"], row["audience"], city_id=_city_id(row["city"]), language=row["language"], actor=_office(row["city"])
        )
    for position, said in enumerate(row["messages"], start=1):
        speaker = _person(f"{said.get('account', 'office')}@{said['city']}.{DOMAIN}")
        with clock.at(datetime.fromisoformat(said["at"])):
            rooms.post(
                room.pk, said["text"], nonce=f"demonstration-{position}", reply_to=said.get("reply_to"),
                source_language=said["language"], actor=speaker,
            )  # fmt: skip


def _application(row: dict) -> None:
    facts = {key: row[key] for key in ("contact_name", "contact_email", "role", "motivation", "language")}
    with clock.at(BEGINNING + timedelta(days=58)):
        application = applications.apply(place=row["geonameid"], **facts, actor=None)
        if row["state"] == "awaiting_decision":
            applications.confirm(application.pk, applications.code_of(application), actor=None)


def _leave(row: dict) -> None:
    if row["state"] == "on_hold":
        with clock.at(BEGINNING + timedelta(days=50)):
            cities.change_state(_city_id(row["slug"]), "on_hold", row["reason"], actor=_person(SECRETARIAT))
    if row["state"] == "withdrawn":
        with clock.at(_on(row["withdrawn_at"])), translation.override(row["languages"][0]):
            signing.withdraw(_city_id(row["slug"]), row["reason"], actor=_person(f"mayor@{row['slug']}.{DOMAIN}"))


def accounts_to_try() -> list[tuple[str, str]]:
    """Who can sign in to the demonstration network, one account of each kind: (what they are, address)."""
    return [
        ("secretariat", SECRETARIAT),
        ("moderator", MODERATOR),
        ("coordinator of a city", f"office@bologna.{DOMAIN}"),
        ("signatory of a city", f"mayor@bologna.{DOMAIN}"),
    ]


def settle() -> None:
    """Do now what the worker would do in the first minutes: check the documents, write the letters."""
    background.run_waiting()
