"""Which language a page is in, when its address does not say it."""

import pytest
from django.test import Client
from django.utils import translation

from frontend.templatetags.alliance import file_size, grouped


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ar-TN,ar;q=0.9,fr;q=0.8", "ar"), ("pt-BR", "pt"), ("nl,de;q=0.5", "de"), ("nl", "en"), ("", "en"), ("*", "en"),
        ("x" * 5000, "en"), ("fr;q=0.1,it;q=0.9", "it"), (";;;q=,,,", "en"),
    ],
)  # fmt: skip
def test_the_first_address_leads_to_the_browser_s_language(db, accepted, language):
    answer = Client().get("/", headers={"accept-language": accepted})
    assert answer.status_code == 302 and answer["Location"] == f"/{language}/"
    assert {"Accept-Language", "Cookie"} <= {word.strip() for word in answer["Vary"].split(",")}


def test_the_address_beats_everything(db):
    client = Client(headers={"accept-language": "de"})
    client.cookies["django_language"] = "es"
    assert client.get("/ar/about/privacy/")["Content-Language"] == "ar"


def test_account_pages_go_on_in_the_language_one_came_from(db):
    client = Client(headers={"accept-language": "de"})
    assert client.get("/accounts/login/")["Content-Language"] == "de"
    answer = client.get("/accounts/login/?lang=ar")
    assert answer["Content-Language"] == "ar" and 'dir="rtl"' in answer.content.decode()
    assert client.get("/accounts/login/")["Content-Language"] == "ar"  # the cookie of the choice
    assert client.get("/accounts/login/?next=/it/desk/")["Content-Language"] == "it"
    assert client.get("/accounts/login/?lang=xx")["Content-Language"] == "it"


def test_account_pages_offer_themselves_in_other_languages(db):
    page = Client().get("/accounts/login/?next=/fr/desk/").content.decode()
    assert 'href="/accounts/login/?next=%2Ffr%2Fdesk%2F&amp;lang=ar"' in page


def test_signing_in_is_offered_in_the_language_of_the_page(db):
    assert 'href="/accounts/login/?lang=ar"' in Client().get("/ar/about/privacy/").content.decode()


def test_who_is_signed_in_changes_the_language_of_account_pages_for_good(world, at):
    client = at("official_a")
    session = client.session
    session["language"] = "en"
    session.save()
    assert client.get("/accounts/")["Content-Language"] == "en"
    assert client.get("/accounts/?lang=fr")["Content-Language"] == "fr"
    assert client.get("/accounts/")["Content-Language"] == "fr"


@pytest.mark.parametrize(
    ("language", "many", "small", "large"),
    [("fr", "1\u202f394\u202f843", "18,6 ko", "2,4 Mo"), ("en", "1,394,843", "18.6 kB", "2.4 MB"), ("ar", "١٬٣٩٤٬٨٤٣", "١٨٫٦ كيلوبايت", "٢٫٤ ميغابايت")],
)  # fmt: skip
def test_numbers_and_sizes_are_written_as_the_reader_writes_them(language, many, small, large):
    with translation.override(language):
        assert grouped(1_394_843) == many
        sizes = [file_size(count).replace("\u00a0", " ") for count in (18_600, 2_400_000)]
        assert sizes == [small, large]
