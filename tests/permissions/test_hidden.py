"""What somebody may not see is, byte for byte, what does not exist: its number is no news to anybody."""

import re

import pytest
from django.test import Client

from .asking import undone

UNKNOWN = 424_242_424
# What is hidden: (its address with the number left out, whose it is in the world, who must not learn of it).
OUTSIDERS = ("visitor", "ended", "official_b", "moderator")
API = [
    ("practices/{}/", "draft", (*OUTSIDERS, "secretariat")),
    ("practices/{}/", "submitted", OUTSIDERS),
    ("documents/{}/", "document", ("visitor", "ended")),
    ("documents/{}/versions/", "document", ("visitor", "ended")),
    ("documents/{}/content/", "document", ("visitor", "ended")),
    ("documents/{}/versions/1/content/", "document", ("visitor", "ended")),
    ("rooms/{}/", "room", ("ended", "moderator", "secretariat")),
    ("rooms/{}/people/", "room", ("ended", "moderator", "secretariat")),
    ("rooms/{}/messages/", "room", ("ended", "moderator", "secretariat")),
    ("rooms/{}/messages/1/", "room", ("ended", "moderator", "secretariat")),
    ("rooms/{}/messages/1/reactions/", "room", ("ended", "moderator", "secretariat")),
    ("reports/{}/", "report", ("ended", "official_a")),
    ("applications/{}/", "waiting", ("ended", "official_a", "moderator")),
    ("history/practice:{}/", "published", ("official_b", "ended", "moderator")),
    ("history/document:{}/", "document", ("official_b", "ended", "moderator")),
    ("history/room:{}/", "room", ("ended", "moderator", "secretariat")),
    ("history/message:{}/", "message", ("ended", "moderator", "secretariat")),
    ("history/official:{}/", "official", ("official_b", "ended", "moderator")),
    ("history/application:{}/", "waiting", ("official_a", "ended", "moderator")),
]
WRITES = [
    ("PATCH", "practices/{}/", "draft", ("official_b", "ended", "secretariat")),
    ("POST", "practices/{}/submit/", "draft", ("official_b", "ended", "secretariat")),
    ("POST", "practices/{}/publish/", "draft", ("official_b", "ended", "secretariat")),
    ("POST", "practices/{}/transfers/", "draft", ("official_b", "ended", "secretariat")),
    ("POST", "practices/{}/translations/fr/", "draft", ("official_b", "ended", "secretariat")),
    ("PATCH", "documents/{}/", "document", ("ended",)),
    ("DELETE", "documents/{}/", "document", ("ended",)),
    ("POST", "rooms/{}/messages/", "room", ("ended", "moderator", "secretariat")),
    ("POST", "rooms/{}/people/", "room", ("ended", "moderator", "secretariat")),
    ("DELETE", "rooms/{}/people/", "room", ("ended", "moderator", "secretariat")),
    ("POST", "rooms/{}/read/", "room", ("ended", "moderator", "secretariat")),
    ("POST", "rooms/{}/close/", "room", ("ended", "moderator", "secretariat")),
    ("PATCH", "rooms/{}/messages/1/", "room", ("ended", "moderator", "secretariat")),
    ("DELETE", "rooms/{}/messages/1/", "room", ("ended", "moderator", "secretariat")),
    ("POST", "rooms/{}/messages/1/reactions/", "room", ("ended", "moderator", "secretariat")),
    ("POST", "officials/{}/end/", "official", ("official_b", "ended", "moderator")),
    ("POST", "reports/{}/decide/", "report", ("official_a", "ended")),
    ("POST", "applications/{}/admit/", "waiting", ("official_a", "ended", "moderator")),
]
PAGES = [
    ("practices/{}/", "draft", (*OUTSIDERS, "secretariat")),
    ("practices/{}/", "submitted", OUTSIDERS),
    ("practices/{}/change/", "draft", ("ended", "official_b", "secretariat")),
    ("practices/{}/translate/fr/", "draft", ("ended", "official_b", "secretariat")),
    ("practices/{}/transfer/", "draft", ("ended", "official_b", "secretariat")),
    ("desk/practices/{}/", "draft", ("ended", "official_b", "secretariat")),
    ("documents/{}/", "document", ("visitor", "ended")),
    ("documents/{}/content/", "document", ("visitor", "ended")),
    ("documents/{}/versions/1/", "document", ("visitor", "ended")),
    ("rooms/{}/", "room", ("ended", "moderator", "secretariat")),
    ("rooms/{}/people/", "room", ("ended", "moderator", "secretariat")),
    ("rooms/{}/messages/1/", "room", ("ended", "moderator", "secretariat")),
    ("report/message/{}/", "message", ("ended", "moderator", "secretariat")),
    ("report/practice/{}/", "draft", ("official_b", "ended", "moderator")),
    ("desk/applications/{}/", "waiting", ("official_a", "ended", "moderator")),
    ("desk/reports/{}/", "report", ("official_a", "official_b", "ended")),
]


def _told(answer, address: str) -> tuple:
    """All that an answer says, its own address and the forms' fresh secret left out."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
    return answer.status_code, headers, body.replace(address, "")


def _program(world, who: str) -> Client:
    token = world.tokens.get(who)
    headers = {"accept-language": "en"} | ({"authorization": f"Bearer {token}"} if token else {})
    return Client(headers=headers)


@pytest.mark.parametrize(("address", "name", "outsiders"), API)
def test_programs_read_the_same_404(world, address, name, outsiders):
    pk = getattr(world, name).pk
    for who in outsiders:
        client = _program(world, who)
        hidden, unknown = (client.get("/api/v1/" + address.format(number)) for number in (pk, UNKNOWN))
        assert hidden.status_code == 404, (who, hidden.content)
        assert hidden.headers["Content-Type"] == "application/problem+json"
        assert hidden.content == unknown.content and dict(hidden.headers) == dict(unknown.headers), who


@pytest.mark.parametrize(("method", "address", "name", "outsiders"), WRITES)
def test_programs_that_write_read_the_same_404(world, method, address, name, outsiders):
    """Also with a body that is not in the right form: the shape is looked at after the thing."""
    pk = getattr(world, name).pk
    for who in outsiders:
        client = _program(world, who)
        for body in ("{}", '{"title": 1}'):
            with undone():
                hidden, unknown = (
                    client.generic(method, "/api/v1/" + address.format(number), body, content_type="application/json")
                    for number in (pk, UNKNOWN)
                )
            assert hidden.status_code == 404, (who, hidden.content)
            assert hidden.content == unknown.content and dict(hidden.headers) == dict(unknown.headers), who


@pytest.mark.parametrize(("address", "name", "outsiders"), PAGES)
def test_people_read_the_same_page(world, address, name, outsiders):
    pk = getattr(world, name).pk
    for who in outsiders:
        client = Client(headers={"accept-language": "en"})
        client.cookies.load(world.cookies[who])
        with undone():
            told = [_told(client.get(f"/en/{address.format(number)}"), address.format(number)) for number in (pk, UNKNOWN)]
        # The desks of the secretariat and of the moderators are shut before anything is looked up.
        desk = address.startswith(("desk/applications", "desk/reports"))
        assert told[0][0] == (403 if desk else 404), who
        assert told[0] == told[1], who


def test_a_report_names_what_one_cannot_see_like_what_is_not_there(world):
    client = _program(world, "official_b")
    for kind, name in (("practice", "draft"), ("practice", "submitted")):
        hidden, unknown = (
            client.post("/api/v1/reports/", {"subject": f"{kind}:{pk}", "reason": "other"}, content_type="application/json")
            for pk in (getattr(world, name).pk, UNKNOWN)
        )
        assert hidden.status_code == 404 and hidden.content == unknown.content


def test_a_list_and_its_filters_never_show_what_is_hidden(world):
    for who in OUTSIDERS:
        client = _program(world, who)
        for query in ("", "?state=draft", "?state=submitted", f"?city={world.a.slug}", "?page_size=100"):
            shown = {row["id"] for row in client.get(f"/api/v1/practices/{query}").json()["results"]}
            assert not shown & {world.draft.pk, world.submitted.pk}, (who, query)
    for who in ("visitor", "ended"):
        client = _program(world, who)
        assert client.get("/api/v1/documents/").json()["results"] == []
        found = client.get("/api/v1/search/?q=schoolyards&page_size=100").json()
        assert {(row["kind"], row["id"]) for row in found["results"]} <= {("practice", world.published.pk)}
        assert found["total"] == len(found["results"]) and sum(row["count"] for row in found["facets"]["kind"]) == found["total"]


def test_the_note_of_a_decision_is_for_those_who_decide(world):
    with undone():
        _program(world, "moderator").post(
            f"/api/v1/reports/{world.report.pk}/decide/",
            {"outcome": "keep", "note": "known troublemaker"},
            content_type="application/json",
        )
        seen = {who: _program(world, who).get(f"/api/v1/reports/{world.report.pk}/") for who in ("moderator", "official_b")}
    assert seen["moderator"].json()["decision_note"] == "known troublemaker"
    assert seen["official_b"].json()["state"] == "kept" and b"troublemaker" not in seen["official_b"].content


def test_a_wrong_code_is_answered_alike_for_every_application_and_for_none(world):
    numbers = (world.waiting.pk, world.unconfirmed.pk, world.returned.pk, UNKNOWN)
    body = {"code": "XXXX2222", "contact_name": "c", "role": "r", "motivation": "m"}
    for who in ("visitor", "official_a", "moderator"):
        client = _program(world, who)
        for step in ("confirm", "amend"):
            with undone():
                answers = [
                    client.post(f"/api/v1/applications/{pk}/{step}/", body, content_type="application/json") for pk in numbers
                ]
            assert {(answer.status_code, answer.content, str(dict(answer.headers))) for answer in answers} == {
                (400, answers[0].content, str(dict(answers[0].headers)))
            }, (who, step)
