"""What other programs rely on: pages, language, caching, authentication."""

import pytest

V1 = "/api/v1/"
PUBLIC = (
    "accord/",
    "accord/editions/",
    "accord/register/",
    "cities/",
    "themes/",
    "targets/",
    "practices/",
    "documents/",
    "search/?q=a",
)


def test_lists_come_in_pages(world, as_):
    page = as_().get(f"{V1}themes/").json()
    assert set(page) == {"next", "previous", "results"}
    first = as_().get(f"{V1}cities/?page_size=1").json()
    assert len(first["results"]) == 1 and first["previous"] is None
    second = as_().get(first["next"]).json()
    assert second["results"][0]["slug"] != first["results"][0]["slug"] and second["next"] is None
    assert as_().get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("cursor", ["x", "cD0lMDA=", "cD1hJTAwYg=="])
def test_a_cursor_that_is_none_is_refused_by_name_on_every_database(world, as_, cursor):
    answer = as_().get(f"{V1}cities/", {"cursor": cursor})
    assert answer.status_code == 400 and [fault["field"] for fault in answer.json()["errors"]] == ["cursor"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_reads_can_be_kept_and_asked_again(world, as_, path):
    answer = as_().get(V1 + path)
    assert answer.status_code == 200 and "public" in answer["Cache-Control"]
    again = as_().get(V1 + path, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304 and not again.content and again["ETag"] == answer["ETag"]


def test_an_etag_moves_when_something_happens_and_differs_by_language(world, as_, committed):
    first = as_().get(f"{V1}cities/")
    assert first["ETag"] != as_().get(f"{V1}cities/?lang=ar")["ETag"]
    with committed():
        as_("official_a").post(f"{V1}cities/{world.a.slug}/translations/en/", {"about": "A city."}, format="json")
    moved = as_().get(f"{V1}cities/", HTTP_IF_NONE_MATCH=first["ETag"])
    assert moved.status_code == 200 and moved["ETag"] != first["ETag"]


@pytest.mark.parametrize("path", ["me/", "rooms/", "practices/", "documents/", "search/?q=a"])
def test_what_depends_on_who_asks_is_private(world, as_, path):
    answer = as_("official_a").get(V1 + path)
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store"


def test_lang_beats_accept_language(world, as_):
    client = as_()
    assert client.get(f"{V1}accord/?lang=ar", HTTP_ACCEPT_LANGUAGE="fr").json()["language"]["shown"] == "ar"
    assert client.get(f"{V1}accord/", HTTP_ACCEPT_LANGUAGE="es-AR,fr;q=0.5").json()["language"]["shown"] == "es"
    german = client.get(f"{V1}accord/?lang=de").json()["language"]
    assert german == {
        "shown": "de", "asked": "de", "source": "fr", "origin": "checked", "stale": False, "available": ["fr", "en", "es", "it", "de", "pt", "ar"],
        "standing": "courtesy",
    }  # fmt: skip


def test_a_text_in_one_language_is_shown_and_labelled_in_every_other(world, as_):
    practice = as_().get(f"{V1}practices/{world.published.pk}/?lang=pt").json()
    assert practice["title"] == "Open schoolyards"
    assert (
        practice["language"]["shown"] == "en"
        and practice["language"]["asked"] == "pt"
        and practice["language"]["origin"] == "original"
    )


def test_tokens(world, as_):
    client = as_()
    client.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    answer = client.get(f"{V1}accord/")
    assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"
    assert as_().get(f"{V1}me/").status_code == 401


def test_changing_a_source_makes_translations_stale(world, as_):
    client = as_("official_a")
    fr = {
        "title": "Cours ouvertes",
        "summary": "Neuf cours.",
        "context": "c",
        "action": "a",
        "results": "r",
        "failed": "f",
        "cost": "c",
    }
    client.post(f"{V1}practices/{world.published.pk}/translations/fr/", {**fr, "origin": "human"}, format="json")
    assert client.get(f"{V1}practices/{world.published.pk}/?lang=fr").json()["language"]["stale"] is False
    assert client.patch(f"{V1}practices/{world.published.pk}/", {"summary": "Ten schoolyards."}, format="json").status_code == 200
    note = client.get(f"{V1}practices/{world.published.pk}/?lang=fr").json()["language"]
    assert note["stale"] is True and note["origin"] == "human" and note["shown"] == "fr"
    machine = client.post(f"{V1}practices/{world.published.pk}/translations/fr/", {**fr, "origin": "machine"}, format="json")
    assert machine.status_code == 409


def test_the_api_says_where_to_begin(as_):
    begin = as_().get(V1).json()
    assert begin["schema"].endswith("/api/v1/schema/") and begin["socket"].startswith("ws")
    for name in ("schema", "accord", "cities", "practices", "documents", "search"):
        assert as_().get(begin[name]).status_code == 200, name


@pytest.mark.parametrize("path", ["schema/", "accord/register/1/certificate/", "documents/{document}/content/"])
@pytest.mark.parametrize("accepted", ["application/pdf", "application/yaml", "text/plain", "text/html"])
def test_a_file_is_given_whatever_is_accepted(world, as_, path, accepted):
    address = V1 + path.format(document=world.document.pk)
    answer = as_("official_a").get(address, headers={"accept": accepted})
    assert answer.status_code == 200 and answer.getvalue()
    refused = as_().get(f"{V1}documents/999999/content/", headers={"accept": accepted})
    assert refused.status_code == 404 and refused["Content-Type"] == "application/problem+json"


def test_a_visitor_is_told_of_a_method_that_an_address_does_not_know(world, as_):
    assert as_().put(f"{V1}accord/", {}).status_code == 405
    assert as_().put(f"{V1}rooms/", {}).status_code == 405
    assert as_().post(f"{V1}rooms/", {}).status_code == 401


def test_a_parameter_that_is_none_of_ours_hides_nothing(world, as_):
    assert as_().get(f"{V1}cities/?format=xml").status_code == 200


def test_a_page_of_search_has_at_least_one_thing(world, as_):
    found = as_().get(f"{V1}search/?page_size=0").json()
    assert found["total"] and found["results"]


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "٣", "9" * 16])
def test_a_number_of_rows_that_is_none_is_refused_everywhere_alike(world, as_, given):
    for path in ("cities/", "search/", f"rooms/{world.room.pk}/messages/"):
        answer = as_("official_a").get(f"{V1}{path}", {"page_size": given})
        assert answer.status_code == 400 and [one["field"] for one in answer.json()["errors"]] == ["page_size"], path
    for number in (0, 101, 10**9):
        assert as_("official_a").get(f"{V1}cities/", {"page_size": number}).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/cities/?", "/api/v2/nowhere/?"])
def test_whoever_refuses_it_is_one_kind_of_refusal(world, as_, path):
    """More parameters than Django reads, and addresses beside this API, are met outside our views."""
    answer = as_().get(path + "&".join(f"a{number}=1" for number in range(1500)), HTTP_ACCEPT_LANGUAGE="de")
    told = answer.json()
    assert answer["Content-Type"] == "application/problem+json" and answer["Content-Language"] == "de"
    kind, detail = {400: ("shape", "Wir konnten"), 404: ("not-found", "Hier ist nichts")}[answer.status_code]
    assert told["type"] == f"/problems/{kind}" and told["detail"].startswith(detail)
