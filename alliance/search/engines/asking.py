"""A question as an FTS5 expression. Nothing a person types reaches FTS5 as syntax: only quoted stems do.

Every stem in the index ends with its language's tag, and a row has one language. So the question is put once for each
language, with that language's stems: any of them may be meant, and none is met by another's words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from alliance.languages.folding import words_alone
from alliance.languages.stemming import stems

from .. import thesaurus
from ..words import Sought, Wanted


def tag_of(tongue: int) -> str:
    """The last letter of every stem in the language of that number."""
    return chr(ord("a") + tongue) if tongue < 26 else chr(0x100 + tongue)


def tagged(found: Iterable[str], tag: str) -> str:
    """Stems as the index keeps them, one after the other."""
    return " ".join(f"{stem}{tag}" for stem in found)


def _said(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'


def _forms(one: Wanted, language: str, tag: str) -> list[str]:
    """A word by any of its stems; a phrase by the first stems of its words, neighbours in that order."""
    if len(one.words) == 1:
        return [_said(f"{stem}{tag}") for stem in stems(one.words[0], language)]
    firsts = [found[0] for word in one.words if (found := stems(word, language))]
    return [_said(tagged(firsts, tag))] if firsts else []


def _any(forms: Sequence[str]) -> str:
    return forms[0] if len(forms) == 1 else f"({' OR '.join(forms)})"


def _names(concept: str, language: str, tag: str) -> list[str]:
    """A concept's names in one language."""
    found = []
    for name in thesaurus.names(concept, language):
        found += _forms(Wanted(tuple(words_alone(name))), language, tag)
    return list(dict.fromkeys(found))


class Asking:
    """One question in the languages that an index holds (`tongues`: code → number).

    `begun`: language number → stems of the words in titles that begin with the question's last word. `held` says whether a
    form stands in the index at all: what does not is left out, because FTS5 counts and weighs every form that it is given.
    """

    def __init__(self, asked: Sought, tongues: Mapping[str, int], begun: Mapping[int, list[str]], held: Callable[[str], bool]):
        self.asked, self.tongues, self.begun, self.held = asked, tongues, begun, cache(held)

    def expression(self, *, widened: bool) -> str:
        """The FTS5 expression, "" when nothing can meet it. `widened`: the names of a concept may stand for what named it."""
        found = (self._in(code, tongue, widened) for code, tongue in self.tongues.items())
        return " OR ".join(part for part in found if part)

    def excluded(self) -> str:
        """The FTS5 expression for all that the question excludes."""
        return " OR ".join(form for code, tongue in self.tongues.items() for form in self._unwanted(code, tag_of(tongue)))

    def _in(self, language: str, tongue: int, widened: bool) -> str:
        """The question in one language: groups of forms, of each of which one is met."""
        tag = tag_of(tongue)
        groups = {place: self._alive(self._forms(place, language, tongue)) for place in self.asked.meant(language)}
        for span in self.asked.spans if widened else ():
            others = self._alive(_names(span.concept, language, tag))
            own = [groups.pop(place) for place in range(span.first, span.first + span.length) if place in groups]
            if own or others:
                groups[span.first] = ([_every(own)] if own and all(own) else []) + others
        if not groups or not all(groups.values()):
            return ""
        unwanted = self._unwanted(language, tag)
        return f"({_every(groups.values())}{f' NOT {_any(unwanted)}' if unwanted else ''})"

    def _forms(self, place: int, language: str, tongue: int) -> list[str]:
        forms = _forms(self.asked.wanted[place], language, tag_of(tongue))
        if self.begun and place == len(self.asked.wanted) - 1:
            more = (_said(f"{stem}{tag_of(tongue)}") for stem in self.begun.get(tongue, ()))
            forms += [f"title : {form}" for form in more if form not in forms]
        return forms

    def _unwanted(self, language: str, tag: str) -> list[str]:
        return self._alive([form for one in self.asked.unwanted for form in _forms(one, language, tag)])

    def _alive(self, forms: Iterable[str]) -> list[str]:
        return [form for form in forms if self.held(form)]


def _every(groups: Iterable[list[str]]) -> str:
    return f"({' AND '.join(_any(group) for group in groups)})"


def marked(asked: Sought, language: str, goes_on: Iterable[str] = ()) -> frozenset[str]:
    """Every stem that a highlight marks in a text of this language."""
    words = [word for place in asked.meant(language) for word in asked.wanted[place].words]
    for span in asked.spans:
        words += [word for name in thesaurus.names(span.concept, language) for word in words_alone(name)]
    return frozenset(goes_on) | {stem for word in words for stem in stems(word, language)}
