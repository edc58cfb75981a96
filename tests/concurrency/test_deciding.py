"""Two who decide, accept or redeem the same thing at once: one does, the other is told so, and it happened once."""

import pytest
from rest_framework.test import APIClient

from alliance.ledger.models import Entry
from exchanges.actions import practices
from exchanges.models import Practice, Transfer
from members.actions import accounts, applications, officials, tickets
from members.models import Application, City, Letter, Official, SignInLink, User
from tests import factories

from .together import kinds, together

pytestmark = pytest.mark.django_db(transaction=True)
GIVEN = {
    "contact_name": "Gabinete", "role": "Gabinete", "motivation": "Partilhamos a carta.", "language": "pt",
}  # fmt: skip


def _waiting(place="porto", email="office@porto.example") -> Application:
    made = applications.apply(place=factories.PLACES[place], contact_email=email, **GIVEN, actor=None)
    return applications.confirm(made.pk, applications.code_of(made), actor=None)


def _secretaries(count):
    people = [factories.secretariat(f"secretary{number}@house.example") for number in range(count)]
    return [accounts.issue_token(person.pk, days=1, actor=None) for person in people]


def _ask(token, verb, number):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.post(f"/api/v1/applications/{number}/{verb}/", {"reason": "Because."}, format="json")


@pytest.mark.parametrize("verbs", [("admit", "admit"), ("admit", "refuse"), ("refuse", "return"), ("admit", "return")])
def test_two_secretaries_decide_on_one_application(transactional_db, verbs):
    waiting = _waiting()
    tokens = _secretaries(2)
    letters = Letter.objects.count()
    answers = together(
        *(lambda token=token, verb=verb: _ask(token, verb, waiting.pk) for token, verb in zip(tokens, verbs, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409], [getattr(a, "data", a) for a in answers]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert late["Content-Type"] == "application/problem+json" and late.json()["detail"].endswith(".")
    waiting.refresh_from_db()
    won = verbs[[answer.status_code for answer in answers].index(200)]
    assert waiting.state == {"admit": "admitted", "refuse": "refused", "return": "returned"}[won]
    assert City.objects.count() == Official.objects.count() == (won == "admit")
    assert Letter.objects.count() == letters + 1
    decided = ("application.admitted", "application.refused", "application.returned")
    assert Entry.objects.filter(name__in=decided).count() == 1


def test_applications_of_one_place_are_confirmed_at_once(transactional_db):
    made = [
        applications.apply(place=factories.PLACES["porto"], contact_email=f"office{number}@porto.example", **GIVEN, actor=None)
        for number in range(5)
    ]
    outcomes = together(
        *(lambda each=each: applications.confirm(each.pk, applications.code_of(each), actor=None) for each in made)
    )
    assert kinds(outcomes) == {"done": 1, "Conflict": 4}
    assert Application.objects.filter(state="awaiting_decision").count() == 1


def test_cities_of_one_contact_and_of_one_name_are_admitted_at_once(transactional_db):
    """Both open the same account, and both would have the same address on the site."""
    house = factories.secretariat()
    london, ontario = 2643743, 6058560
    waiting = []
    for place in (london, ontario):
        made = applications.apply(place=place, contact_email="office@london.example", **GIVEN, actor=None)
        waiting.append(applications.confirm(made.pk, applications.code_of(made), actor=None))
    outcomes = together(*(lambda each=each: applications.admit(each.pk, "Welcome.", actor=house) for each in waiting))
    assert kinds(outcomes) == {"done": 2}, outcomes
    assert len(set(City.objects.values_list("slug", flat=True))) == 2
    assert User.objects.filter(email="office@london.example").count() == 1 and Official.objects.count() == 2


def test_wrong_codes_at_once_all_count(transactional_db):
    made = applications.apply(place=factories.PLACES["porto"], contact_email="office@porto.example", **GIVEN, actor=None)
    assert kinds(together(*(lambda: applications.confirm(made.pk, "WRONG234", actor=None) for _guess in range(4)))) == {
        "Invalid": 4
    }
    made.refresh_from_db()
    assert made.code_attempts == 4


def test_an_invitation_is_sent_once(world):
    a, city = world.people["official_a"], world.a
    given = {"email": "new@somewhere.example", "role": "contributor", "language": "fr"}
    outcomes = together(*(lambda: officials.invite(city.pk, **given, actor=a) for _click in range(5)))
    assert kinds(outcomes) == {"done": 1, "Conflict": 4}
    assert Official.objects.filter(email="new@somewhere.example").count() == 1
    assert Letter.objects.filter(template="invitation", to="new@somewhere.example").count() == 1


def test_an_invitation_is_accepted_once(world):
    invited = officials.invite(
        world.a.pk, email="new@somewhere.example", role="contributor", language="fr", actor=world.people["official_a"]
    )
    code = officials.code_of(invited)
    outcomes = together(*(lambda: officials.accept(code, actor=None) for _click in range(6)))
    assert kinds(outcomes) == {"done": 1, "Conflict": 5}, outcomes
    assert User.objects.filter(email="new@somewhere.example").count() == 1
    assert Entry.objects.filter(name="official.began", facts__official_id=invited.pk).count() == 1


def test_two_invitations_of_one_new_person_are_accepted_at_once(world):
    invited = [
        officials.invite(city.pk, email="new@somewhere.example", role="contributor", language="fr", actor=world.people[who])
        for city, who in ((world.a, "official_a"), (world.b, "official_b"))
    ]
    outcomes = together(*(lambda each=each: officials.accept(officials.code_of(each), actor=None) for each in invited))
    assert kinds(outcomes) == {"done": 2}, outcomes
    assert User.objects.filter(email="new@somewhere.example").count() == 1
    assert (
        Entry.objects.filter(name="account.opened", facts__user_id=User.objects.get(email="new@somewhere.example").pk).count()
        == 1
    )


def test_two_coordinators_who_end_one_another_leave_one(transactional_db):
    city = factories.city("porto")
    people = [factories.official(city, "coordinator") for _person in range(2)]
    mandates = [Official.objects.get(user=person) for person in people]
    outcomes = together(
        lambda: officials.end(mandates[0].pk, actor=people[1]), lambda: officials.end(mandates[1].pk, actor=people[0])
    )
    assert kinds(outcomes)["done"] == 1, outcomes
    assert Official.objects.filter(city=city, ends_at=None).count() == 1


def test_a_practice_is_published_once(world):
    practice = factories.practice(world.a, by=world.people["official_a"], state="submitted")
    house = world.people["secretariat"]
    outcomes = together(*(lambda: practices.publish(practice.pk, actor=house) for _click in range(6)))
    assert kinds(outcomes) == {"done": 1, "Conflict": 5}, outcomes
    assert Entry.objects.filter(name="practice.published", facts__practice_id=practice.pk).count() == 1
    assert Letter.objects.filter(key__startswith=f"practice.published:{practice.pk}:").count() == 1


def test_a_practice_is_published_or_returned(world):
    practice = factories.practice(world.a, by=world.people["official_a"], state="submitted")
    house = world.people["secretariat"]
    outcomes = together(
        lambda: practices.publish(practice.pk, actor=house), lambda: practices.give_back(practice.pk, "The cost?", actor=house)
    )
    assert kinds(outcomes) == {"done": 1, "Conflict": 1}, outcomes
    practice.refresh_from_db()
    assert practice.state == (Practice.State.RETURNED if isinstance(outcomes[0], Exception) else Practice.State.PUBLISHED)


def test_a_practice_is_taken_up_once(world):
    practice = factories.practice(world.a, by=world.people["official_a"])
    b = world.people["official_b"]
    outcomes = together(*(lambda: practices.transfer(practice.pk, world.b.pk, "Smaller.", actor=b) for _click in range(6)))
    assert kinds(outcomes) == {"done": 1, "Conflict": 5}, outcomes
    assert Transfer.objects.filter(practice=practice).count() == 1


def test_a_ticket_opens_one_socket(world):
    raw = tickets.issue(actor=world.people["official_a"])
    outcomes = together(*(lambda: tickets.redeem(raw) for _try in range(8)))
    assert kinds(outcomes) == {"done": 8} and sum(outcome is not None for outcome in outcomes) == 1


def test_a_link_signs_in_once(world):
    raw = accounts.make_sign_in_link(world.people["official_a"].email, actor=None)
    outcomes = together(*(lambda: accounts.use_sign_in_link(raw, actor=None) for _try in range(8)))
    assert kinds(outcomes) == {"done": 1, "Conflict": 7}
    assert SignInLink.objects.exclude(used_at=None).count() == 1
    assert Entry.objects.filter(name="account.sign_in_link_used").count() == 1
