"""What a city's page says is changed by its coordinator, one language at a time."""

from .conftest import text


def test_the_form_comes_with_what_is_there_and_says_what_was_changed(world, at):
    office = at("official_a")
    address = f"/en/cities/{world.a.slug}/describe/"
    page = text(office.get(address))
    assert 'name="name"' in page and 'name="about"' in page
    answer = office.post(f"{address}?lang=fr", {"name": "Bologne", "about": "Une ville d’arcades."})
    assert answer["Location"] == f"/en/cities/{world.a.slug}/"
    assert "Une ville d’arcades." in text(office.get(f"/fr/cities/{world.a.slug}/"))
    assert office.get(f"{address}?lang=xx").status_code == 404


def test_what_is_refused_comes_back_filled_in(world, at):
    answer = at("official_a").post(f"/en/cities/{world.a.slug}/describe/", {"name": "", "about": "Kept words."})
    assert answer.status_code == 400 and "Kept words." in text(answer)


def test_site_languages_and_networks_are_shown_and_lead_to_the_cities_that_share_them(world, at, visitor):
    office, slug = at("official_a"), world.a.slug
    address = f"/en/cities/{slug}/facts/"
    assert 'name="website"' in text(office.get(address))
    given = {"website": "https://city.example", "languages": ["fr", "en"], "another": "pl", "networks": ["icorn"]}
    assert office.post(address, given)["Location"] == f"/en/cities/{slug}/"
    page = text(visitor.get(f"/en/cities/{slug}/"))
    assert "https://city.example" in page and "ICORN – International Cities of Refuge Network" in page
    assert "English, French, Polish" in " ".join(page.split())  # what stood first stays first
    assert f"/en/cities/{slug}/" in text(visitor.get("/en/cities/?network=icorn"))
    assert f'<a href="/en/cities/{slug}/"' not in text(visitor.get("/en/cities/?network=eccar"))
    form = text(office.get(address))
    assert 'value="pl"' in form and "checked" in form


def test_refused_facts_come_back_as_they_were_typed(world, at):
    office, address = at("official_a"), f"/en/cities/{world.a.slug}/facts/"
    answer = office.post(address, {"website": "city dot example", "languages": ["it"]})
    assert answer.status_code == 400 and "city dot example" in text(answer)
    answer = office.post(address, {"website": "https://city.example"})
    assert answer.status_code == 400 and "Please choose at least one language." in text(answer)
