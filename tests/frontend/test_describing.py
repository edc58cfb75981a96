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
