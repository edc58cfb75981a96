"""Seven complete interface languages: nothing untranslated, no plural form missing, one typography each."""

import re

import pytest
from babel.messages.catalog import Message

from alliance.languages import catalogues
from alliance.languages.tongues import CODES

FORMS = {"fr": 2, "en": 2, "es": 2, "it": 2, "de": 2, "pt": 2, "ar": 6}
WIDE, NARROW = "\u00a0", "\u202f"


def strings(language: str) -> list[str]:
    said = [message.string for message in catalogues.read(language) if message.id]
    return [text for string in said for text in (string if isinstance(string, tuple | list) else (string,))]


def test_no_catalogue_has_a_fault():
    assert catalogues.faults() == []


@pytest.mark.parametrize("language", CODES)
def test_every_message_is_translated_in_every_form(language):
    catalog = catalogues.read(language)
    wanted = {(message.context, message.id) for message in catalogues.gathered() if message.id}
    kept = {(message.context, message.id): message.string for message in catalog if message.id}
    assert set(kept) == wanted
    for (_context, key), string in kept.items():
        forms = string if isinstance(key, tuple) else (string,)
        assert len(forms) == (FORMS[language] if isinstance(key, tuple) else 1), key
        assert all(form and form.strip() for form in forms), key


def test_english_says_what_the_code_says():
    """Who searches the code for a sentence that they read on a page finds it."""
    assert [message.id for message in catalogues.read("en") if message.id and not catalogues._as_in_the_code(message)] == []
    assert not catalogues._as_in_the_code(Message("a letter", "an e-mail"))


@pytest.mark.parametrize("language", CODES)
def test_apostrophes_and_quotation_marks_are_typographic(language):
    assert [text for text in strings(language) if "'" in text or '"' in text] == []


def test_french_keeps_its_high_punctuation_with_the_word_before():
    loose = re.compile(rf"[^{NARROW}{WIDE}][;?!»]|«[^{NARROW}{WIDE}]|[^{NARROW}{WIDE}]:(?!\d|//)")
    assert [text for text in strings("fr") if loose.search(re.sub(r"\{\w+:X\}", "", text))] == []


def test_arabic_writes_arabic_figures_and_punctuation():
    named = re.compile(r"%\(\w+\)[sd]|%[sd]|sha256|CC BY 4\.0|WCAG\) 2\.2|License 1\.1")
    assert [text for text in strings("ar") if re.search(r"[0-9]", named.sub("", text))] == []
    assert [text for text in strings("ar") if re.search(r"[\u0621-\u064a] ?[,;?]", text)] == []
