"""A city asks to join, proves its address, and the secretariat decides."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from alliance import clock
from alliance.errors import Conflict, Forbidden, Invalid, Unknown
from alliance.ledger.models import Entry
from members.actions import applications, officials
from members.models import Application, City, Letter, Official, User
from tests import factories
from tests.unchanged import everything, refused

PORTO = factories.PLACES["porto"]
GIVEN = {
    "place": PORTO, "contact_name": "Gabinete internacional", "contact_email": "Office@Porto.example", "role": "Gabinete",
    "motivation": "Partilhamos a carta.", "language": "pt",
}  # fmt: skip


def apply(**changed) -> Application:
    return applications.apply(**{**GIVEN, **changed}, actor=None)


def confirmed(**changed) -> Application:
    made = apply(**changed)
    return applications.confirm(made.pk, applications.code_of(made), actor=None)


@pytest.fixture
def house(db):
    return factories.secretariat()


def test_applying_owes_one_letter_with_the_code_in_the_language_of_the_city(db, committed, mailoutbox):
    with committed():
        made = apply()
    assert made.state == "awaiting_contact" and made.contact_email == "office@porto.example"
    letter = mailoutbox[-1]
    assert letter.to == ["office@porto.example"] and letter.extra_headers["Content-Language"] == "pt"
    assert applications.code_of(made) in letter.body.splitlines()
    assert applications.code_of(made) not in str(everything()), "the code is kept nowhere"
    assert Entry.objects.get(subject=f"application:{made.pk}").name == "application.received"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", 1), ("place", 2**31 - 1), ("language", "xx"), ("language", ""), ("contact_email", "office"),
        ("contact_email", "a@b"), ("contact_email", "x" * 300 + "@porto.example"), ("contact_name", "  "),
        ("contact_name", "x" * 121), ("role", ""), ("role", "a\x00b"), ("motivation", ""), ("motivation", "x" * 4001),
    ],
)  # fmt: skip
def test_a_bad_application_names_its_field(db, field, value):
    with refused(Invalid, field=field):
        apply(**{field: value})


def test_a_member_city_does_not_apply_again(db):
    factories.city("porto")
    with refused(Conflict, field="place"):
        apply()


def test_only_one_confirmed_application_stands_per_place(db):
    first, second = apply(), apply(contact_email="mayor@porto.example")
    applications.confirm(first.pk, applications.code_of(first), actor=None)
    with refused(Conflict, field="place"):
        applications.confirm(second.pk, applications.code_of(second), actor=None)
    with refused(Conflict, field="place"):
        apply(contact_email="third@porto.example")


def test_the_code_may_be_typed_as_people_type(db):
    made = apply()
    code = applications.code_of(made)
    assert applications.confirm(made.pk, f" {code[:4].lower()}-{code[4:]} ", actor=None).state == "awaiting_decision"


def test_a_wrong_code_counts_and_five_use_it_up(db):
    made = apply()
    for count in range(1, 6):
        with pytest.raises(Invalid):
            applications.confirm(made.pk, "AAAA2222", actor=None)
        made.refresh_from_db()
        assert (made.code_attempts, made.state) == (count, "awaiting_contact")
    with refused(Invalid, field="code"):
        applications.confirm(made.pk, applications.code_of(made), actor=None)


def test_who_has_no_code_is_told_the_same_of_every_number(house):
    """Whether it is open, decided, used up by guesses, or no application at all."""
    waiting, refused_one, guessed = confirmed(), confirmed(place=factories.PLACES["dakar"]), apply(place=factories.PLACES["lyon"])
    applications.refuse(refused_one.pk, "No deliberation.", actor=house)
    Application.objects.filter(pk=guessed.pk).update(code_attempts=5)
    texts = {"motivation": "More.", "role": "Office", "contact_name": "Office"}
    told = set()
    for pk in (waiting.pk, refused_one.pk, guessed.pk, 99_999_999):
        for step in (applications.confirm, applications.recognise, lambda *a, **b: applications.amend(*a, **b, **texts)):
            with pytest.raises(Invalid) as wrong:
                step(pk, "AAAA2222", **({} if step is applications.recognise else {"actor": None}))
            told.add((str(wrong.value.reason), wrong.value.field))
    assert len(told) == 1
    assert applications.recognise(refused_one.pk, applications.code_of(refused_one)).state == "refused"


@pytest.mark.parametrize("code", ["", "\x00", "💥", "x" * 10_000])
def test_hostile_codes_are_wrong_codes(db, code):
    made = apply()
    with pytest.raises(Invalid):
        applications.confirm(made.pk, code, actor=None)


def test_a_code_is_good_for_48_hours(db):
    made = apply()
    with clock.at(clock.now() + timedelta(hours=48, minutes=1)):
        with refused(Conflict, field="code"):
            applications.confirm(made.pk, applications.code_of(made), actor=None)


def test_a_code_of_one_application_does_not_open_another(db):
    first, second = apply(), apply(place=factories.PLACES["dakar"])
    with pytest.raises(Invalid):
        applications.confirm(second.pk, applications.code_of(first), actor=None)


def test_admission_makes_the_city_its_coordinator_and_a_letter(house, committed, mailoutbox):
    made = confirmed()
    with committed():
        applications.admit(made.pk, "Welcome to the alliance.", actor=house)
    made.refresh_from_db()
    city = City.objects.get(place=PORTO)
    assert (made.state, made.city, made.decided_by, made.reason) == ("admitted", city, house, "Welcome to the alliance.")
    assert city.state == "admitted" and city.name_pt == "Porto" and city.name_ar
    seat = Official.objects.get(city=city)
    assert (seat.role, seat.user.email, seat.user.language) == ("coordinator", "office@porto.example", "pt")
    assert mailoutbox[-1].to == ["office@porto.example"]
    names = set(Entry.objects.values_list("name", flat=True))
    assert {"city.admitted", "application.admitted", "account.opened", "official.began"} <= names
    assert Entry.objects.get(name="application.admitted").actor == house


@pytest.mark.parametrize("verb", ["admit", "refuse", "give_back"])
def test_only_the_secretariat_decides(db, verb):
    made = confirmed()
    city = factories.city("lyon")
    for somebody in (None, factories.person(), factories.official(city, "coordinator"), factories.moderator()):
        with refused(Forbidden):
            getattr(applications, verb)(made.pk, "Because.", actor=somebody)


@pytest.mark.parametrize("verb", ["admit", "refuse", "give_back"])
@pytest.mark.parametrize("reason", ["", "  ", "x" * 4001, "a\x00b"])
def test_a_decision_needs_a_reason(house, verb, reason):
    made = confirmed()
    with refused(Invalid, field="reason"):
        getattr(applications, verb)(made.pk, reason, actor=house)


@pytest.mark.parametrize("verb", ["admit", "refuse", "give_back"])
def test_what_is_decided_or_not_confirmed_is_not_decided(house, verb):
    waiting = apply(place=factories.PLACES["dakar"])
    with refused(Conflict):
        getattr(applications, verb)(waiting.pk, "Because.", actor=house)
    made = confirmed()
    applications.refuse(made.pk, "No deliberation.", actor=house)
    with refused(Conflict, saying="refused"):
        getattr(applications, verb)(made.pk, "Because.", actor=house)
    with refused(Unknown):
        getattr(applications, verb)(99_999_999, "Because.", actor=house)


def test_a_returned_application_is_completed_with_the_new_code(house):
    made = confirmed()
    old = applications.code_of(made)
    applications.give_back(made.pk, "Please name the office.", actor=house)
    made.refresh_from_db()
    fresh = applications.code_of(made)
    assert made.state == "returned" and fresh != old
    texts = {"motivation": "Nova.", "role": "Gabinete", "contact_name": "Gabinete"}
    with pytest.raises(Invalid):
        applications.amend(made.pk, old, **texts, actor=None)
    amended = applications.amend(made.pk, fresh, **texts, actor=None)
    assert (amended.state, amended.motivation) == ("awaiting_decision", "Nova.")
    assert Letter.objects.filter(template="application_returned").count() == 1


def test_an_amendment_with_empty_texts_changes_nothing(house):
    made = confirmed()
    applications.give_back(made.pk, "Please name the office.", actor=house)
    made.refresh_from_db()
    with refused(Invalid, field="motivation"):
        applications.amend(
            made.pk, applications.code_of(made), motivation=" ", role="Gabinete", contact_name="Gabinete", actor=None
        )


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_admit_at_once_one_wins(transactional_db):
    house = factories.secretariat()
    made = confirmed()
    outcomes = []

    def admit():
        try:
            applications.admit(made.pk, "Welcome.", actor=house)
            outcomes.append("admitted")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=admit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["admitted"] + ["conflict"] * 9
    assert City.objects.count() == 1 and Official.objects.count() == 1
    assert Entry.objects.filter(name="application.admitted").count() == 1


def test_cities_of_one_name_get_different_addresses(db):
    with transaction.atomic():
        first = applications.found_city(2643743, language="en", actor=None)  # London
        second = applications.found_city(6058560, language="en", actor=None)  # London, Ontario
    assert (first.slug, second.slug) == ("london", "london-ca")


def test_an_invitation_to_an_existing_account_makes_no_second_account(house):
    person = factories.person("office@porto.example")
    made = confirmed()
    applications.admit(made.pk, "Welcome.", actor=house)
    assert User.objects.filter(email="office@porto.example").count() == 1
    assert Official.objects.get(city=City.objects.get(place=PORTO)).user == person
    officials.end(Official.objects.get().pk, actor=house)
