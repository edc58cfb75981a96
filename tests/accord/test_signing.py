"""A city gives its word on the exact text, once, on its council's mandate; and takes it back."""

import copy
import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from alliance import clock
from alliance.accord.actions import publishing, signing
from alliance.accord.models import Deliberation, Edition, RegisterEntry, Signature
from alliance.accord.queries import register
from alliance.errors import Conflict, Forbidden, Invalid, Unknown
from alliance.founding.network import charter_texts
from alliance.ledger.models import Entry
from members.models import City, Official
from members.policies.standing import standing_of
from tests import factories
from tests.unchanged import refused

from .conftest import ACT


def second_edition() -> Edition:
    text = copy.deepcopy(charter_texts()[0])
    text["number"] = 2
    for code in text["preamble"]:
        text["preamble"][code] += " "
    return publishing.publish(text, actor=None)


def test_signing_writes_the_line_the_mark_and_the_ledger_together(edition, city, signatory, act):
    signature = signing.sign(city.pk, edition.sha256, act, actor=signatory)
    entry = RegisterEntry.objects.get()
    assert (entry.position, entry.kind, entry.city_slug, entry.edition) == (1, "signature", "bologna", 1)
    assert entry.edition_sha256 == edition.sha256 and entry.previous_hash == register.GENESIS
    assert entry.facts["deliberation"] == {**act, "date": "2026-09-14"}
    assert (signature.signed_by, signature.deliberation.reference) == (signatory, "DC/2026/114")
    city.refresh_from_db()
    assert city.signed_at == signature.signed_at
    told = Entry.objects.get(name="accord.signed")
    assert told.actor == signatory and told.facts["position"] == 1


def test_a_reservation_is_a_line_of_its_own(edition, city, signatory, act):
    signing.sign(city.pk, edition.sha256, act, reservation="Con riserva sull’articolo 3.", actor=signatory)
    kinds = list(RegisterEntry.objects.order_by("position").values_list("position", "kind"))
    assert kinds == [(1, "signature"), (2, "reservation")]
    assert RegisterEntry.objects.get(position=2).facts["text"] == "Con riserva sull’articolo 3."
    assert register.first_broken(register.line(entry) for entry in register.register()) is None


def test_only_the_signing_mandate_signs(edition, city, act):
    elsewhere = factories.official(factories.city("lyon"), "signatory")
    ended = factories.official(city, "signatory")
    Official.objects.filter(user=ended).update(ends_at=clock.now() - timedelta(minutes=1))
    people = [None, factories.person(), factories.secretariat(), factories.moderator(), elsewhere, ended]
    people += [factories.official(city, role) for role in ("coordinator", "contributor", "observer")]
    for somebody in people:
        with refused(Forbidden):
            signing.sign(city.pk, edition.sha256, act, actor=somebody)
        with refused(Forbidden):
            signing.withdraw(city.pk, "The council decided.", actor=somebody)


@pytest.mark.parametrize("state", ["on_hold", "withdrawn", "excluded"])
def test_a_city_without_its_full_seat_does_not_sign(edition, city, signatory, act, state):
    City.objects.filter(pk=city.pk).update(state=state)
    with refused(Forbidden):
        signing.sign(city.pk, edition.sha256, act, actor=signatory)


def test_a_second_signature_is_a_conflict(edition, city, signatory, act):
    signing.sign(city.pk, edition.sha256, act, actor=signatory)
    other = factories.official(city, "signatory")
    for somebody in (signatory, other):
        with refused(Conflict, field="city", saying="already signed"):
            signing.sign(city.pk, edition.sha256, act, actor=somebody)


@pytest.mark.parametrize("digest", ["", "0" * 64, "\x00", "x" * 10_000])
def test_another_text_is_not_signed(edition, city, signatory, act, digest):
    with refused(Conflict, field="edition_sha256", saying="not the text"):
        signing.sign(city.pk, digest, act, actor=signatory)
    with refused(Conflict, field="edition_sha256"):
        signing.sign(city.pk, edition.sha256.upper(), act, actor=signatory)


def test_a_superseded_edition_is_not_signed_and_the_new_one_is(edition, city, signatory, act):
    signing.sign(city.pk, edition.sha256, act, actor=signatory)
    new = second_edition()
    lyon = factories.city("lyon")
    with_lyon = factories.official(lyon, "signatory")
    with refused(Conflict, field="edition_sha256", saying="superseded"):
        signing.sign(lyon.pk, edition.sha256, act, actor=with_lyon)
    signing.sign(city.pk, new.sha256, act, actor=signatory)
    assert list(RegisterEntry.objects.order_by("position").values_list("edition", flat=True)) == [1, 2]


BAD_ACTS = [
    ("date", None), ("date", "2026-09-14"), ("date", date(2100, 1, 1)), ("reference", ""), ("reference", "  "),
    ("reference", "x" * 121), ("reference", "a\x00b"), ("reference", None), ("votes_for", -1), ("votes_for", 10**9),
    ("votes_for", "31"), ("votes_for", True), ("votes_for", 3.5), ("votes_for", None), ("votes_against", 31),
    ("votes_against", None), ("abstentions", -1), ("abstentions", 10**30),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD_ACTS)
def test_a_bad_deliberation_names_its_field_and_leaves_nothing(edition, city, signatory, act, name, value):
    field = "deliberation.votes_for" if (name, value) == ("votes_against", 31) else f"deliberation.{name}"
    with refused(Invalid, field=field):
        signing.sign(city.pk, edition.sha256, {**act, name: value}, actor=signatory)


@pytest.mark.parametrize("words", ["x" * 4001, "a\x00b"])
def test_a_bad_reservation_leaves_nothing(edition, city, signatory, act, words):
    with refused(Invalid, field="reservation"):
        signing.sign(city.pk, edition.sha256, act, reservation=words, actor=signatory)
    assert not Deliberation.objects.exists()


def test_withdrawing_keeps_both_lines_and_ends_the_mandates(edition, city, signatory, act):
    signing.sign(city.pk, edition.sha256, act, actor=signatory)
    entry = signing.withdraw(city.pk, "Il consiglio ha deciso.", actor=signatory)
    assert (entry.position, entry.kind, entry.facts["reason"]) == (2, "withdrawal", "Il consiglio ha deciso.")
    city.refresh_from_db()
    assert (city.state, city.signed_at) == ("withdrawn", None)
    assert Signature.objects.get().withdrawn_at is not None and standing_of(signatory).roles == {}
    with refused(Forbidden):
        signing.withdraw(city.pk, "Ancora.", actor=signatory)
    assert register.first_broken(register.line(line) for line in register.register()) is None


def test_withdrawing_needs_a_signature_and_a_reason(edition, city, signatory, act):
    with refused(Conflict):
        signing.withdraw(city.pk, "Il consiglio ha deciso.", actor=signatory)
    signing.sign(city.pk, edition.sha256, act, actor=signatory)
    for reason in ("", "  ", "x" * 4001, "a\x00b"):
        with refused(Invalid, field="reason"):
            signing.withdraw(city.pk, reason, actor=signatory)


def test_without_a_charter_there_is_nothing_to_sign(city, signatory, act):
    with refused(Unknown):
        signing.sign(city.pk, "0" * 64, act, actor=signatory)


def _at_once(acts) -> list[str]:
    """Run every act in a thread of its own, all beginning together; what each came to."""
    outcomes, gate = [], threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait(30)
            act()
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")
        except Exception as error:  # a lock that fails must be seen, not lost with its thread
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_signatories_of_one_city_at_once_one_signs(transactional_db):
    edition, city = factories.edition(), factories.city("bologna", language="it")
    people = [factories.official(city, "signatory") for _ in range(20)]
    acts = [lambda who=who: signing.sign(city.pk, edition.sha256, ACT, actor=who) for who in people]
    assert _at_once(acts) == ["conflict"] * 19 + ["done"]
    assert Signature.objects.count() == RegisterEntry.objects.count() == Deliberation.objects.count() == 1
    assert Entry.objects.filter(name="accord.signed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twelve_cities_at_once_make_a_chain_without_gaps(transactional_db):
    edition = factories.edition()
    cities = [factories.city(slug) for slug in factories.PLACES]
    people = [factories.official(city, "signatory") for city in cities]
    acts = [
        lambda city=city, who=who: signing.sign(city.pk, edition.sha256, ACT, reservation="One.", actor=who)
        for city, who in zip(cities, people, strict=True)
    ]
    assert _at_once(acts) == ["done"] * len(cities)
    lines = [register.line(entry) for entry in register.register()]
    assert [line["position"] for line in lines] == list(range(1, 2 * len(cities) + 1))
    assert register.first_broken(lines) is None
