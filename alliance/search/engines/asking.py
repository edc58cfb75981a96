"""A question in the languages that an index holds: in each, groups of forms, of each of which one has to be met.

Any language may be meant, and none is met by another's words. No engine's syntax in here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from alliance.languages.folding import words_alone
from alliance.languages.stemming import is_small, stems

from .. import thesaurus
from ..words import Sought, Wanted

KEPT_MOST = 1_000  # a question in a language, whose marks are remembered


@dataclass(frozen=True, slots=True)
class Form:
    """One way to meet a word or phrase: stems that follow each other in one text; a `titled` one only in a title."""

    stems: tuple[str, ...]
    titled: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """All of these groups together: the question's own words for a concept, beside its other names."""

    groups: tuple[tuple[Form, ...], ...]


Group = list[Form | Every]


def _forms(one: Wanted, language: str) -> list[Form]:
    """A word by any of its stems; a phrase by the first stems of its words, neighbours in that order."""
    if len(one.words) == 1:
        return [Form((stem,)) for stem in stems(one.words[0], language)]
    firsts = tuple(found[0] for word in one.words if (found := stems(word, language)))
    return [Form(firsts)] if firsts else []


def _names(concept: str, language: str) -> list[Form]:
    """A concept's names in one language."""
    found = []
    for name in thesaurus.names(concept, language):
        found += _forms(Wanted(tuple(words_alone(name))), language)
    return list(dict.fromkeys(found))


class Asking:
    """One question. `begun`: language → stems of the words in titles that begin with the question's last word.

    `held` says whether a form stands in the index at all: what does not is left out, for engines that count and weigh every
    form that they are given.
    """

    def __init__(
        self, asked: Sought, begun: Mapping[str, Sequence[str]], held: Callable[[Form, str], bool] = lambda _form, _language: True
    ):
        self.asked, self.begun, self._held = asked, begun, cache(held)

    def groups(self, language: str, *, widened: bool) -> list[Group]:
        """What has to be met in a text of this language; empty when nothing can meet it.

        `widened`: the names of a concept may stand for what named it.
        """
        groups: dict[int, Group] = {
            place: list(self._alive(self._forms(place, language), language)) for place in self.asked.meant(language)
        }
        for span in self.asked.spans if widened else ():
            others = self._alive(_names(span.concept, language), language)
            own = [groups.pop(place) for place in range(span.first, span.first + span.length) if place in groups]
            if own or others:
                together: Group = [Every(tuple(tuple(group) for group in own))] if own and all(own) else []  # type: ignore[arg-type]
                groups[span.first] = [*together, *others]
        return list(groups.values()) if groups and all(groups.values()) else []

    def unwanted(self, language: str) -> list[Form]:
        """What may not stand in a text of this language."""
        return self._alive([form for one in self.asked.unwanted for form in _forms(one, language)], language)

    def _forms(self, place: int, language: str) -> list[Form]:
        forms = _forms(self.asked.wanted[place], language)
        if self.begun and place == len(self.asked.wanted) - 1:
            known = {form.stems for form in forms}
            forms += [Form((stem,), titled=True) for stem in self.begun.get(language, ()) if (stem,) not in known]
        return forms

    def _alive(self, forms: Iterable[Form], language: str) -> list[Form]:
        return [form for form in forms if self._held(form, language)]


@lru_cache(maxsize=KEPT_MOST)
def marked(asked: Sought, language: str, goes_on: tuple[str, ...] = ()) -> frozenset[str]:
    """Every stem that a highlight marks in a text of this language."""
    words = [word for place in asked.meant(language) for word in asked.wanted[place].words]
    for span in asked.spans:
        names = thesaurus.names(span.concept, language)
        words += [word for name in names for word in words_alone(name) if not is_small(word, language)]
    return frozenset(goes_on) | {stem for word in words for stem in stems(word, language)}
