"""Folding, stemming and guessing: what search and rooms rely on, language by language."""

import threading

import pytest

from alliance.languages.detection import guess
from alliance.languages.folding import fold, lowered, words_alone, words_of
from alliance.languages.stemming import _worked_out, is_small, stemmed, stems
from alliance.languages.tongues import CODES

# --- folding --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("FORÊT", "foret"), ("Œuvre", "oeuvre"), ("ﬁn", "fin"), ("Straße", "strasse"), ("STRASSE", "strasse"), ("Ærø", "aero"),
        ("Łódź", "lodz"), ("e\u0301le\u0301ve", "eleve"), ("ＷＩＤＥ", "wide"), ("aujourd’hui", "aujourdhui"), ("co\u00adop", "coop"),
        ("مَدِينَة", "مدينه"), ("مـــديـنة", "مدينه"), ("أحمد", "احمد"), ("إلى", "الي"), ("آفاق", "افاق"), ("مؤتمر", "موتمر"),
        ("بيئة", "بييه"), ("ﺍﻟﻤﺪﻳﻨﺔ", "المدينه"), ("١٢٣", "123"), ("۴۵", "45"), ("\u200fأ\u200e", "ا"), ("", ""), ("\ud800", "\ud800"),
    ],
)  # fmt: skip
def test_folding(written, folded):
    assert fold(written) == folded


def test_turkish_is_lowered_its_own_way_and_both_i_meet():
    assert lowered("İI", "tr") == "iı" and lowered("İI", "en") != "iı"
    assert fold("IĞDIR", "tr") == fold("ığdır", "tr") == fold("iğdir") == "igdir"
    assert fold("İSTANBUL", "tr") == fold("istanbul", "tr") == fold("İstanbul") == "istanbul"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’accueil d'eau dell’acqua qu’elle", ["accueil", "eau", "acqua", "elle"]),
        ("the city’s, we're, don’t", ["the", "city", "we", "don"]),
        ("aujourd’hui", ["aujourd’hui"]),
        ("مَدِينَةٌ، وَحَيٌّ", ["مَدِينَةٌ", "وَحَيٌّ"]),
        ("snake_case __init__", ["snake", "case", "init"]),
        ("anti-racism 2030/31", ["anti", "racism", "2030", "31"]),
        ("हिन्दी शहर", ["हिन्दी", "शहर"]),
        ("\x00\ud800 ?! …", []),
    ],
)
def test_words_stand_where_they_say(text, words):
    found = list(words_of(text))
    assert [word for word, _start, _end in found] == words == words_alone(text)
    assert all(text[start:end] == word for word, start, end in found)


# --- stemming -------------------------------------------------------------------------------------------------------------

MEET = {
    "fr": "villes ville|FORÊTS foret|réfugiées refugie|cœurs coeur|écoles ECOLE|municipaux municipal|élus élue|lieux lieu|étrangers étrangère",
    "en": "cities city|housing houses|refugees REFUGEE|running run|policies policy|councils council|newspapers newspaper",
    "es": "ciudades ciudad|acciones acción|niños nino|árboles arbol|años año|mujeres mujer|jóvenes joven|periodistas periodista",
    "it": "città CITTA|rifugiati rifugiata|scuole scuola|alberi albero|amici amico|biblioteche biblioteca|gemellaggi gemellaggio",
    "de": "Städte stadt|Bäume baum|Straßen STRASSE|Häuser Haus|Gemeinden Gemeinde|Wohnungen Wohnung|Schulhöfe schulhof",
    "pt": "cidades cidade|ações acao|cidadãos cidadao|árvores arvore|municipais municipal|jovens jovem|nações nação|jornais jornal",
    "ar": "المدينة مدينة|مَدِينَة مدينه|المدن مدينة|المدارس مدرسة|اللاجئين لاجئ|لاجئون لاجئين|والمدينة للمدينة|مواطنون مواطن|الأشجار شجرة",
    "tr": "şehirler şehir|İSTANBUL istanbul|IĞDIR ığdır",
}
PART = {
    "fr": "cours police|politique police|nation natation", "en": "universe university|policy police|news new",
    "es": "nación nacer|ciudad ciudadela", "it": "politica polizia|città citare", "de": "Staat Stadt|Rat Rad|Politik Polizei",
    "pt": "política polícia|cidade cidra", "ar": "مدينة دين|حرب حرية|سلام اسلام",
}  # fmt: skip


@pytest.mark.parametrize(("code", "pair"), [(code, pair) for code, pairs in MEET.items() for pair in pairs.split("|")])
def test_forms_of_a_word_meet(code, pair):
    one, other = pair.split()
    assert set(stems(one, code)) & set(stems(other, code))


@pytest.mark.parametrize(("code", "pair"), [(code, pair) for code, pairs in PART.items() for pair in pairs.split("|")])
def test_different_words_stay_apart(code, pair):
    one, other = pair.split()
    assert not set(stems(one, code)) & set(stems(other, code))


def test_an_unknown_language_is_folded_only():
    assert stems("Études", "xx") == ("etudes",) == stems("Études", "")


@pytest.mark.parametrize("code", [*CODES, "tr", "xx"])
def test_anything_can_be_stemmed(code):
    for nasty in ("", "'", "\u0301", "ـ", "\ud800", "a" * 100_000, "١", "ﷺ", "⑴", "👩‍👩‍👧", "0", "é" * 500):
        found = stems(nasty, code)
        assert len(found) <= 2 and all(found) and all(len(stem) <= 300 for stem in found)


def test_a_text_is_stemmed_word_by_word_so_that_neighbours_stay_neighbours():
    running, others = stemmed("Les forêts d’une ville", "fr")
    assert len(running) == 4 and running[1] in stems("forêts", "fr") and set(others) <= set(stems("forêts", "fr"))


def test_small_words():
    assert is_small("The", "en") and is_small("À", "fr") and is_small("في", "ar") and is_small("für", "de")
    assert not is_small("die", "en") and is_small("die", "de") and not is_small("the", "xx")


def test_threads_stem_at_once():
    """A Snowball stemmer that two threads share answers nonsense, or crashes."""
    words = [f"villes{number}ations" for number in range(3000)]
    expected = [_worked_out(word, "fr") for word in words]
    wrong = []

    def work():
        wrong.extend(word for word, right in zip(words, expected, strict=True) if _worked_out(word, "fr") != right)

    threads = [threading.Thread(target=work) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# --- guessing -------------------------------------------------------------------------------------------------------------

SENTENCES = {
    "fr": ["Bonjour à toutes et à tous", "La ville accueille des réfugiés"],
    "en": ["Hello everybody", "We will send the plan tomorrow."],
    "es": ["Gracias por el documento", "Enviaremos el plan mañana"],
    "it": ["Grazie per il documento", "Domani vi mandiamo il piano"],
    "de": ["Danke für das Dokument", "Wir schicken den Plan morgen"],
    "pt": ["Obrigado pelo documento", "Amanhã enviamos o plano"],
    "ar": ["مرحبا", "سنرسل الخطة غداً"],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SENTENCES.items() for text in texts])
def test_a_short_sentence_is_recognised(code, text):
    assert guess(text) == code


@pytest.mark.parametrize(
    "text", ["", "ok", "2030", "👍👍👍👍👍👍", "\x00" * 50, "\ud800" * 50, "Мы отправим план завтра", "Yarın planı göndereceğiz"]
)
def test_what_cannot_be_told_is_not_guessed(text):
    assert guess(text) is None


def test_only_the_languages_asked_about_are_answered():
    assert guess("Enviaremos el plan mañana", ["fr", "en"]) in (None, "fr", "en")
    assert guess("Wir schicken den Plan morgen", ["de", "ar"]) == "de"
    assert guess("Wir schicken den Plan morgen", []) is None and guess("Wir schicken den Plan", ["zz"]) is None
    assert guess("La ville accueille des réfugiés. " * 100_000) == "fr"
