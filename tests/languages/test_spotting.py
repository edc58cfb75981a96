"""Where in a text the words of some stems stand: by their beginnings, and word by word, which has to find the same."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from alliance.languages import stemming
from alliance.languages.folding import flat, fold, words_alone, words_of
from alliance.languages.spotting import LEAST, _among_all, _beginnings, _wanted_among, spots
from alliance.languages.stemming import stems
from alliance.search import thesaurus

CHARTER = Path(settings.BASE_DIR) / "alliance" / "accord" / "data" / "edition-1.json"


def marked(text: str, words: str, language: str) -> list[str]:
    wanted = frozenset(stem for word in words.split() for stem in stems(word, language))
    return [text[start:stop] for start, stop in spots(text, language, wanted)]


@pytest.mark.parametrize(
    ("text", "words", "language", "found"),
    [
        ("Les RÉFUGIÉS, une réfugiée ; le refus", "réfugié", "fr", ["RÉFUGIÉS", "réfugiée"]),
        ("L’eau, d'eau et qu’eaux — l'_eau_", "eau", "fr", ["eau", "eau", "eaux", "eau"]),
        ("Aujourd’hui comme aujourd'hui", "aujourd’hui", "fr", ["Aujourd’hui", "aujourd'hui"]),
        ("Qui n’a, n'as; d'aujourd'hui", "n’a", "fr", ["n’a"]),
        ("the city’s cities (city-wide), recity", "city", "en", ["city", "cities", "city"]),
        ("lying, lies", "lie", "en", ["lying", "lies"]),
        ("Tu pões? Ações e a ação", "ação", "pt", ["Ações", "ação"]),
        ("Die Maßnahmen, MASSNAHME; Fußball", "Massnahme", "de", ["Maßnahmen", "MASSNAHME"]),
        ("Fussball und Fußballs", "Fußball", "de", ["Fussball", "Fußballs"]),
        ("Uebersetzung, Übersetzungen", "Übersetzung", "de", ["Uebersetzung", "Übersetzungen"]),
        ("Une œuvre d’art, des œuvres", "oeuvre", "fr", ["œuvre", "œuvres"]),
        ("Encyclopædia, encyclopaedias", "encyclopaedia", "en", ["Encyclopædia", "encyclopaedias"]),
        ("co\u00adop\u00aderation", "cooperation", "en", ["co\u00adop\u00aderation"]),
        ("e\u0301le\u0300ve et élèves", "élève", "fr", ["e\u0301le\u0300ve", "élèves"]),
        ("“Peace”… peace!peace", "peace", "en", ["Peace", "peace", "peace"]),
        ("المدينة والمدن الأخرى", "مدينة", "ar", ["المدينة", "والمدن"]),
        ("Ağaçlar", "ağaç", "tr", ["Ağaçlar"]),
        ("", "peace", "en", []),
        ("peace", "", "en", []),
        ("\x00peace\ud800 peace", "peace", "en", ["peace", "peace"]),
    ],
)
def test_the_words_of_a_stem_are_found(text, words, language, found):
    assert marked(text, words, language) == found


def _texts():
    """What the house itself says in six languages: the names of its themes, and the charter in both spellings of an apostrophe."""
    charter = json.loads(CHARTER.read_text())
    for language in sorted(LEAST):
        yield language, ", ".join(name for row in thesaurus.themes(language) for name in thesaurus.names(row["id"], language))
        parts = [charter["preamble"], *(part for article in charter["articles"] for part in (article["title"], article["body"]))]
        text = "\n".join(part[language] for part in parts)
        yield language, text
        yield language, text.replace("’", "'")


def test_by_their_beginnings_and_word_by_word_the_same_is_found():
    seen = 0
    for language, text in _texts():
        words = sorted(set(words_alone(text)))
        for some in (words[at::20] for at in range(20)):
            wanted = frozenset(stem for word in some for stem in stems(word, language))
            for line in text.splitlines():
                words_there = words_of(line.replace("'", "’"))  # as words_alone tells them
                meant = [(first, last) for word, first, last in words_there if not wanted.isdisjoint(stems(word, language))]
                assert (line, spots(line, language, wanted)) == (line, meant)
                assert (line, sorted(_among_all(line, language, wanted, ()))) == (line, meant)
                seen += bool(meant) and flat(line) is not None
    assert seen > 500


@pytest.mark.parametrize("language", sorted(LEAST))
def test_every_word_begins_as_its_stems_do(language):
    for text in (text for code, text in _texts() if code == language):
        for word in {*words_alone(text), *words_alone(text.upper()), *words_alone(text.lower())}:
            if "’" in word or (plain := flat(word)) is None:
                continue
            for stem in stems(word, language):
                beginnings = _beginnings(frozenset({stem}), language, False)
                assert any((b" " + plain).startswith(beginning) for beginning in beginnings), (word, stem, beginnings)


def test_a_flat_text_has_a_byte_for_each_character():
    for text in ("L’Été à Köln — Straße_?", "", "plain", "a\tb\nc", "…“x”"):
        assert len(flat(text)) == len(text)
    assert flat("L’Été à Straße_?") == b"l'ete a strase  "
    for text in ("œuvre", "Ærø", "co\u00adop", "e\u0301", "Łódź", "مدينة", "µ", "½", "\u200cx", "\ud800"):
        assert flat(text) is None
    for letter in map(chr, range(256)):
        plain = flat(letter)
        if plain is not None and letter != "'":
            assert plain.decode() == (fold(letter).replace("ss", "s") if list(words_of(letter)) else " ")


# --- word by word -----------------------------------------------------------------------------------------------------------


def test_which_words_have_a_wanted_stem():
    wanted = frozenset(stems("Bäume", "de")) | frozenset(stems("Wasser", "de"))
    words = ["Baum", "Bäumen", "und", "WASSER", "Wassers", "Haus", "", "·"]
    assert _wanted_among(words, "de", wanted) == {"Baum", "Bäumen", "WASSER", "Wassers"}
    assert _wanted_among(words, "fr", frozenset()) == _wanted_among([], "de", wanted) == set()


def test_an_endless_word_is_wanted_by_its_beginning_too():
    endless = "wasser" * 40
    wanted = frozenset(stems(endless, "de"))
    for _once_and_again in range(2):
        assert _wanted_among([endless, "wasser"], "de", wanted) == {endless}
        assert spots(endless, "de", wanted) == [(0, len(endless))]


def test_a_word_never_met_is_passed_over_without_the_needle_and_found_without_one():
    wanted = frozenset(stems("quittungen", "de"))
    assert _wanted_among(["Quittung"], "de", wanted, needles=("wxyz",)) == set()
    assert _wanted_among(["Quittung"], "de", wanted, needles=("quitt",)) == {"Quittung"}
    assert _wanted_among(["Quittung"], "de", wanted) == {"Quittung"}


def test_what_is_forgotten_is_worked_out_again(monkeypatch):
    monkeypatch.setattr(stemming, "KEPT_MOST", 3)
    wanted = frozenset(stems("maisons", "fr"))
    for number in range(20):
        assert _wanted_among(["maison", f"mot{number}"], "fr", wanted) == {"maison"}
        assert spots(f"maison mot{number}", "fr", wanted) == [(0, 6)]
