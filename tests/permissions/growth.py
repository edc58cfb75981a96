"""The world grows: the more there is of everything, the more there is that a page could ask about one by one."""

import itertools
from datetime import timedelta

from alliance import background, clock
from alliance.accord.actions import signing
from alliance.accord.queries import editions
from exchanges.actions import documents, practices, reports, rooms
from members.actions import accounts, applications, officials
from members.queries import places
from tests import factories

from .world import ACT

_numbers = itertools.count(1)


def grow(world, number: int) -> None:
    """`number` more of everything that is about official_a, or that the office of the network has before it."""
    for _time in range(number):
        _one_more(world, next(_numbers))
    background.run_waiting()


def _one_more(world, count: int) -> None:
    office, house = world.people["official_a"], world.people["secretariat"]
    far = world.people["official_b"]
    city = applications.found_city(_free_place(count), language="en", actor=house)
    with clock.at(clock.now() - timedelta(minutes=1)):
        for role in ("coordinator", "signatory"):
            mandate = applications.seat(city, office, role, actor=house)
        mandate.ends_at = clock.now() + timedelta(days=9)
        mandate.save()
        applications.seat(city, factories.person(), "observer", actor=house)
    signing.sign(city.pk, editions.current().sha256, {**ACT, "reference": f"D/{count}"}, reservation="Not art. 3", actor=office)
    elsewhere = applications.found_city(_free_place(100 + count), language="en", actor=house)
    officials.invite(elsewhere.pk, email=office.email, role="observer", language="en", actor=house)
    officials.invite(world.a.pk, email=f"new{count}@x.example", role="observer", language="en", actor=office)
    waiting = applications.apply(
        place=_free_place(200 + count), contact_name="Office", contact_email=f"c{count}@x.example", role="r", motivation="m",
        language="en", actor=None,
    )  # fmt: skip
    applications.confirm(waiting.pk, applications.code_of(waiting), actor=None)
    _exchanges(world, city, count, office, far)
    accounts.issue_token(office.pk, days=None, actor=None)


def _exchanges(world, city, count: int, office, far) -> None:
    named = {"kind": "cities", "cities": [world.a.slug, city.slug]}
    for state in ("draft", "submitted", "returned", "published"):
        written = factories.practice(
            world.a, by=office, language="en", state=state, audience=named, themes=["heat"], targets=["sdg:11.7"]
        )
    practices.translate(written.pk, "fr", factories.TEXTS, actor=office)
    practices.transfer(written.pk, city.pk, "We do it too.", actor=office)
    practices.transfer(world.published.pk, city.pk, "We do it too.", actor=office)
    seen = factories.practice(city, by=office, language="en")
    reports.report(f"practice:{seen.pk}", "other", actor=far)
    factories.document(world.a, by=office, language="en", audience=named, practice_id=world.published.pk)
    documents.add_version(world.document.pk, factories.file(f"Version {count}\n".encode()), actor=office)
    room = factories.room(world.b, by=far, audience=named)
    rooms.post(room.pk, "Water", nonce="1", actor=far)
    closed = factories.room(world.b, by=far)
    rooms.add_person(closed.pk, email=office.email, actor=far)
    said, _new = rooms.post(world.room.pk, "Shade", nonce=f"grown-{count}", reply_to=1, actor=office)
    rooms.react(world.room.pk, said.seq, "👍", on=True, actor=far)


def _free_place(count: int) -> int:
    """A real place, another one for each number; none of the world's."""
    return places.places_named("san", 400)[count].id
