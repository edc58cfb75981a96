"""A line of the register as a PDF that names the address where it is checked."""

import re

import pypdfium2
import pytest

from alliance.accord.actions import signing
from alliance.accord.queries import register
from alliance.accord.queries.certificates import certificate


def words(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


@pytest.fixture
def entry(edition, city, signatory, act):
    signing.sign(city.pk, edition.sha256, act, reservation="#set text(red) *not markup* $x$", actor=signatory)
    return register.entry(1)


@pytest.mark.parametrize("language", ["fr", "en", "es", "it", "de", "pt", "ar"])
def test_a_certificate_holds_the_line_in_each_language(entry, language):
    pdf = certificate(entry, language)
    assert pdf.startswith(b"%PDF-")
    read = "".join(words(pdf).replace("\u2068", "").replace("\u2069", "").split())
    if language == "ar":  # the extracted order of a right-to-left page is not the order in which one reads it
        assert "بولونيا" in read and {"DC", "verify", "hash"} <= set(re.findall(r"[a-zA-Z]+", read))
    else:
        assert "DC/2026/114" in read and entry.hash in read and f"/{language}/verify/?hash={entry.hash[:16]}" in read


def test_the_same_line_gives_the_same_bytes(entry):
    assert certificate(entry, "fr") == certificate(register.entry(1), "fr")
    assert certificate(entry, "fr") != certificate(entry, "en")


def test_what_people_wrote_is_text_and_never_markup(entry):
    read = words(certificate(register.entry(2), "en"))
    assert "#set text(red) *not markup* $x$" in " ".join(read.split())


def test_a_withdrawal_has_its_certificate(entry, city, signatory):
    line = signing.withdraw(city.pk, "Il consiglio ha deciso.", actor=signatory)
    assert "Il consiglio ha deciso." in " ".join(words(certificate(line, "it")).split())


def test_the_api_gives_it_and_knows_no_other_position(entry, client):
    answer = client.get("/api/v1/accord/register/1/certificate/")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    for position in ("99", "0", "99999999999999999999"):
        assert client.get(f"/api/v1/accord/register/{position}/certificate/").status_code == 404
