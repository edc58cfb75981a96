"""A question as an FTS5 expression. Nothing a person types reaches FTS5 as syntax: only quoted stems do."""

import re

from alliance.languages.folding import fold, words_of
from alliance.languages.stemming import stems
from alliance.languages.tongues import CODES

from .. import thesaurus
from . import Question

PARTS = re.compile(r'(-?)"([^"]*)"|(\S+)')
WORDS_MOST = 16


def forms(word: str) -> list[str]:
    """The stems of a word in every language: whoever asks may mean any of them."""
    return list(dict.fromkeys(stem for code in CODES for stem in stems(word, code) if stem))


def quoted(stem: str) -> str:
    """A stem as an FTS5 string."""
    return '"' + stem.replace('"', '""') + '"'


def parts(text: str) -> tuple[list[list[str]], list[list[str]]]:
    """(wanted, unwanted): each a list of phrases, a phrase being its words."""
    wanted: list[list[str]] = []
    unwanted: list[list[str]] = []
    for minus, phrase, word in PARTS.findall(text):
        excluded = bool(minus) or (word.startswith("-") and len(word) > 1)
        found = [each for each, _start, _end in words_of(phrase or word)]
        if not found:
            continue
        if phrase:
            (unwanted if excluded else wanted).append(found)
        else:
            (unwanted if excluded else wanted).extend([one] for one in found)
    return wanted[:WORDS_MOST], unwanted[:WORDS_MOST]


def _phrase(words: list[str]) -> str:
    """Any language's stems of a word, or of a phrase in one language throughout."""
    if len(words) == 1:
        return "(" + " OR ".join(quoted(form) for form in forms(words[0])) + ")"
    # A word may stand in the index by two stems side by side, so neighbours are a little apart.
    said = dict.fromkeys(" ".join(quoted(stems(word, code)[0]) for word in words) for code in CODES)
    return "(" + " OR ".join(f"NEAR({one}, {len(words)})" for one in said) + ")"


def expression(question: Question) -> tuple[str, list[dict]]:
    """The FTS5 expression of a question ("" when it has no words), and what the thesaurus added."""
    wanted, unwanted = parts(question.text)
    if not wanted:
        return "", []
    groups = [_phrase(words) for words in wanted]
    if len(wanted[-1]) == 1 and len(begun := fold(wanted[-1][0])) >= 3 and not question.text.rstrip().endswith('"'):
        groups[-1] = f"({groups[-1]} OR title : {quoted(begun)} *)"
    expanded = thesaurus.expand(question.text) if question.expand else []
    if expanded:
        groups = _widened(groups, wanted, expanded)
    match = " AND ".join(groups)
    for words in unwanted:
        match = f"({match}) NOT {_phrase(words)}"
    return match, expanded


def _widened(groups: list[str], wanted: list[list[str]], expanded: list[dict]) -> list[str]:
    """The words that named a concept may be met by any of its names instead."""
    flat = [" ".join(words) for words in wanted]
    for concept in expanded:
        length = len(concept["term"].split())
        for first in range(len(flat) - length + 1):
            if " ".join(flat[first : first + length]) == concept["term"]:
                names = [[word for word, _s, _e in words_of(name)] for name in concept["added"]]
                others = " OR ".join(_phrase(name) for name in names if name)
                if not others:
                    break
                own = " AND ".join(groups[first : first + length])
                groups[first : first + length] = [f"(({own}) OR {others})"] + ["\0"] * (length - 1)
                break
    return [group for group in groups if group != "\0"]


def expression_stems(question: Question) -> set[str]:
    """Every stem that a highlight marks."""
    wanted, _unwanted = parts(question.text)
    words = [word for phrase in wanted for word in phrase]
    if question.expand:
        for concept in thesaurus.expand(question.text):
            names = [words_of(name) for name in concept["added"]]
            words += [found[0][0] for found in names if len(found) == 1]
    return {form for word in words for form in forms(word)}
