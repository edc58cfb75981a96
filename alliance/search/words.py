"""A question taken apart: its words and phrases, what it excludes, and the concepts that it names. No engine's syntax in here."""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from alliance.errors import Invalid
from alliance.languages.folding import words_alone
from alliance.languages.stemming import is_small

from . import thesaurus

MOST = 200  # characters of a question
WORDS_MOST = 16  # words and phrases that are looked for; what follows is left out
KEPT_MOST = 250  # questions that are remembered: people turn pages, narrow, and ask what others asked
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_PARTS = re.compile(r'(?<!\S)(-?)"([^"]*)(?:"|$)|(\S+)')


@dataclass(frozen=True)
class Wanted:
    """A word, or a phrase whose words stand one after the other. `quoted` ones are taken as they are."""

    words: tuple[str, ...]
    quoted: bool = False


@dataclass(frozen=True, eq=False)
class Sought:
    """What a question looks for. `begun`: its last word may go on, as while somebody types. `spans` count in `wanted`.

    `expanded` is told to the reader, and has no say in what is found. Told apart by identity, which is quick: the same question
    gives the same object as long as it is remembered.
    """

    wanted: tuple[Wanted, ...] = ()
    unwanted: tuple[Wanted, ...] = ()
    begun: bool = False
    spans: tuple[thesaurus.Span, ...] = ()
    expanded: tuple[dict, ...] = ()

    def meant(self, language: str) -> list[int]:
        """Places in `wanted` of what has to be met in a text of this language: no small words, unless there is nothing else."""
        heavy = [place for place, one in enumerate(self.wanted) if one.quoted or not is_small(one.words[0], language)]
        return heavy or list(range(len(self.wanted)))


def checked(text: str) -> str:
    """The question as it may be asked. Raises Invalid when it is too long."""
    if len(text) > MOST:
        raise Invalid(_("Please use at most %(most)s characters.") % {"most": MOST}, field="q")
    return text


@lru_cache(maxsize=KEPT_MOST)
def sought(text: str, language: str = "", *, expand: bool = True) -> Sought:
    """Take a question apart: words, "phrases", -excluded words and -"phrases". Anything at all may be given."""
    wanted: list[Wanted] = []
    unwanted: list[Wanted] = []
    runs: list[list[int]] = [[]]  # places of words that follow each other unquoted
    text = text.translate(_QUOTES)
    for minus, phrase, other in _PARTS.findall(text):
        excluded = bool(minus) or (not phrase and other.startswith("-"))
        words = tuple(words_alone(phrase or other))
        if not words:
            continue
        if excluded:
            unwanted.append(Wanted(words, quoted=True))
        elif phrase:
            wanted.append(Wanted(words, quoted=True))
        else:
            runs[-1].extend(range(len(wanted), len(wanted) + len(words)))
            wanted.extend(Wanted((word,)) for word in words)
            continue
        runs.append([])
    begun = bool(runs[-1]) and len(wanted) <= WORDS_MOST and not text[-1:].isspace()
    wanted = wanted[:WORDS_MOST]
    spans, expanded = _concepts(wanted, runs, language) if expand else ((), ())
    return Sought(tuple(wanted), tuple(unwanted[:WORDS_MOST]), begun, spans, expanded)


def _concepts(wanted: list[Wanted], runs: list[list[int]], language: str):
    spans, expanded = [], []
    for run in runs:
        places = [place for place in run if place < len(wanted)]
        words = [wanted[place].words[0] for place in places]
        for span in thesaurus.spans(words, language):
            spans.append(thesaurus.Span(places[span.first], span.length, span.concept))
            expanded.append(thesaurus.added(span, words))
    return tuple(spans), tuple(expanded)
