"""Questions taken apart, and the thesaurus that widens them."""

import pytest

from alliance.errors import Invalid
from alliance.languages.tongues import CODES
from alliance.search import thesaurus
from alliance.search.words import MOST, WORDS_MOST, Wanted, checked, sought


def wanted(text, **asked):
    return [(one.words, one.quoted) for one in sought(text, **asked).wanted]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("open schoolyards", [(("open",), False), (("schoolyards",), False)]),
        ('"open schoolyards" Lyon', [(("open", "schoolyards"), True), (("Lyon",), False)]),
        ('"unfinished phrase', [(("unfinished", "phrase"), True)]),
        ("anti-racism", [(("anti",), False), (("racism",), False)]),
        ("l’accueil des élus", [(("accueil",), False), (("des",), False), (("élus",), False)]),
        ('a"b c"', [(("a",), False), (("b",), False), (("c",), False)]),
        ("-", []), ('""', []), ("?!", []), ("", []),
    ],
)  # fmt: skip
def test_words_and_phrases(text, words):
    assert wanted(text) == words


def test_exclusions():
    found = sought('trees -water -"city council" -anti-racism')
    assert found.wanted == (Wanted(("trees",)),)
    assert [one.words for one in found.unwanted] == [("water",), ("city", "council"), ("anti", "racism")]


@pytest.mark.parametrize(
    ("text", "begun"),
    [("tre", True), ("two tre", True), ("tre ", False), ('"tre"', False), ("tre -x", False), ("-x tre", True), ("", False)],
)
def test_only_a_last_bare_word_may_go_on(text, begun):
    assert sought(text).begun is begun


def test_small_words_need_not_be_met_unless_there_is_nothing_else():
    found = sought("the right to housing")
    assert [found.wanted[place].words[0] for place in found.meant("en")] == ["right", "housing"]
    assert len(found.meant("de")) == 4
    assert sought("to be or not").meant("en") == [0, 1, 2, 3]


def test_a_question_has_a_bound():
    assert len(sought("word " * 500).wanted) == WORDS_MOST
    assert checked("x" * MOST) == "x" * MOST
    with pytest.raises(Invalid):
        checked("x" * (MOST + 1))


# --- the thesaurus --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("heat waves", "heat"), ("ÎLOTS DE CHALEUR", "heat"), ("olas de calor", "heat"), ("Hitze", "heat"), ("calore", "heat"),
        ("racismes", "anti-racism"), ("Rassismus", "anti-racism"), ("العنصرية", "anti-racism"), ("عنصرية", "anti-racism"),
    ],
)  # fmt: skip
def test_a_concept_is_known_by_any_of_its_names_in_any_form(text, concept):
    [found] = thesaurus.expand(text.split())
    assert (found["concept"], found["term"]) == (concept, text)
    assert thesaurus.label(concept, "ar") in [*found["added"], text] and text not in found["added"]


def test_the_longest_name_wins_and_each_word_is_used_once():
    found = thesaurus.spans(["against", "heat", "waves", "and", "floods"])
    assert [(span.first, span.length, span.concept) for span in found] == [(1, 2, "heat"), (4, 1, "floods")]


def test_words_that_name_nothing_add_nothing():
    assert thesaurus.expand(["xyzzy", "", "\x00", "\ud800", "a" * 10_000]) == []
    assert sought("heat wave", expand=False).expanded == ()
    assert sought('"heat wave"').expanded == () and sought("-heat").expanded == ()


def test_every_concept_has_a_name_in_every_language_and_a_known_parent():
    for row in thesaurus.themes("en"):
        known = thesaurus.concept(row["id"])
        assert all(known["label"].get(code) for code in CODES), row["id"]
        assert row["broader"] is None or thesaurus.concept(row["broader"])


def test_themes_are_listed_once_with_their_parts_behind_them():
    rows = thesaurus.themes("fr")
    order = [row["id"] for row in rows]
    assert len(order) == len(set(order)) > 10
    for place, row in enumerate(rows):
        assert row["broader"] is None or order.index(row["broader"]) < place
        assert row["label"] == thesaurus.label(row["id"], "fr")
    assert set(thesaurus.narrower("climate")) > {"climate", "heat"} and thesaurus.narrower("heat") == ["heat"]
    assert thesaurus.narrower("nothing-such") == ["nothing-such"] and thesaurus.label("nothing-such", "fr") == "nothing-such"
