"""Cities as programs use them."""

V1 = "/api/v1/"


def test_a_city_says_its_networks_and_is_found_by_them(world, as_):
    office, path = as_("official_a"), f"{V1}cities/{world.a.slug}/"
    known = [row["id"] for row in office.get(f"{V1}networks/").json()["results"]]
    answer = office.patch(
        path, {"networks": known[:2], "website": "https://city.example", "languages": ["it", "pl"]}, format="json"
    )
    assert answer.status_code == 200 and answer.json()["networks"] == sorted(known[:2])
    assert office.get(path).json()["languages"] == ["it", "pl"]
    assert [row["slug"] for row in office.get(f"{V1}cities/", {"network": known[0]}).json()["results"]] == [world.a.slug]
    assert office.get(f"{V1}cities/", {"network": known[2]}).json()["results"] == []
    assert office.patch(path, {}, format="json").json()["website"] == "https://city.example"


def test_bad_facts_are_refused_by_field(world, as_):
    office, path = as_("official_a"), f"{V1}cities/{world.a.slug}/"
    for body, field in (
        ({"website": "javascript:alert(1)"}, "website"), ({"website": 7e300}, "website"), ({"languages": []}, "languages"),
        ({"languages": "it"}, "languages"), ({"languages": ["it\u0000"]}, "languages"), ({"networks": ["nowhere"]}, "networks"),
        ({"networks": [["eccar"]]}, "networks"), ({"networks": ["eccar"] * 101}, "networks"),
    ):  # fmt: skip
        answer = office.patch(path, body, format="json")
        assert answer.status_code in (400, 422), (body, answer.content)
        assert [row["field"].split(".")[0] for row in answer.json()["errors"]] == [field], answer.content


def test_a_country_is_its_code_and_nothing_that_begins_like_it(world, as_):
    country = world.a.country
    assert world.a.slug in [row["slug"] for row in as_().get(f"{V1}cities/", {"country": country.lower()}).json()["results"]]
    assert as_().get(f"{V1}cities/", {"country": f"{country}X"}).json()["results"] == []
