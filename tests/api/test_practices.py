"""Practices as programs write them."""

V1 = "/api/v1/"


def test_a_practice_that_is_not_complete_is_refused_by_all_that_is_missing(world, as_):
    client = as_("official_a")
    given = {"city": world.a.slug, "source_language": "en", "title": "Shade", "action": "We planted trees."}
    draft = client.post(f"{V1}practices/", given, format="json").json()
    refused = client.post(f"{V1}practices/{draft['id']}/submit/")
    assert refused.status_code == 400
    assert [fault["field"] for fault in refused.json()["errors"]] == ["summary", "context", "results", "failed"]
    assert client.get(f"{V1}practices/{draft['id']}/").json()["state"] == "draft"
