"""Rooms as programs use them."""

V1 = "/api/v1/"


def test_leaving_a_room_one_was_brought_into(world, as_):
    client = as_("official_b")
    assert client.delete(f"{V1}rooms/{world.named.pk}/people/").status_code == 204
    assert client.get(f"{V1}rooms/{world.named.pk}/").status_code == 404


def test_leaving_a_room_one_is_in_by_mandate_is_refused_with_the_reason(world, as_):
    people = f"{V1}rooms/{world.room.pk}/people/"
    for name in ("official_a", "official_b"):
        client = as_(name)
        answer = client.delete(people)
        assert answer.status_code == 403 and answer["Content-Type"] == "application/problem+json"
        assert "by your mandate" in answer.json()["detail"]
        assert world.people[name].pk in [row["id"] for row in client.get(people).json()["results"]]


def test_taking_out_who_is_in_by_mandate_is_refused_with_what_to_do(world, as_):
    given = {"person": world.people["official_b"].pk}
    answer = as_("official_a").delete(f"{V1}rooms/{world.room.pk}/people/?lang=en", given, format="json")
    assert answer.status_code == 403 and "open a room for people you name" in answer.json()["detail"]
    answer = as_("official_a").delete(f"{V1}rooms/{world.named.pk}/people/", {"person": 999_999}, format="json")
    assert answer.status_code == 409


def test_nobody_of_that_number_is_a_fault_of_that_field(world, as_):
    people = f"{V1}rooms/{world.named.pk}/people/"
    for given, field, status in (
        ({"person": 999_999}, "person", 400), ({"email": "nobody@x.example"}, "email", 400),
        ({"person": world.people["official_b"].pk}, "person", 409),
    ):  # fmt: skip
        answer = as_("official_a").post(people, given, format="json")
        assert answer.status_code == status and [row["field"] for row in answer.json()["errors"]] == [field], answer.content


def test_delete_takes_what_it_is_about_from_the_query_as_well(world, as_):
    """Many programs cannot send a body with DELETE."""
    client, named = as_("official_a"), f"{V1}rooms/{world.named.pk}/people/"
    assert client.delete(f"{named}?person={world.people['official_b'].pk}").status_code == 204
    assert client.delete(f"{named}?person=x").json()["errors"][0]["field"] == "person"
    signs = f"{V1}rooms/{world.room.pk}/messages/1/reactions/"
    client.post(signs, {"sign": "👍"}, format="json")
    assert client.delete(f"{signs}?sign=👍").json()["reactions"] == []
