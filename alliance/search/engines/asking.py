"""A question as an FTS5 expression. Nothing a person types reaches FTS5 as syntax: only quoted stems do.

Every stem in the index ends with its language's tag, and a row has one language. So the question is put once for each
language, with that language's stems: any of them may be meant, and none is met by another's words.
"""

from collections.abc import Callable, Iterable, Mapping

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


def _any(forms: list[str]) -> str:
    return forms[0] if len(forms) == 1 else f"({' OR '.join(forms)})"


def _names(concept: str, language: str, tag: str) -> list[str]:
    """A concept's names in one language."""
    found = []
    for name in thesaurus.names(concept, language):
        found += _forms(Wanted(tuple(words_alone(name))), language, tag)
    return list(dict.fromkeys(found))


def expression(
    asked: Sought, tongues: Mapping[str, int], begun: Callable[[str], Mapping[int, list[str]]], *, widened: bool
) -> str:
    """The FTS5 expression over the languages that the index holds (code → number), "" when there is nothing to look for.

    `begun` gives the stems of the titles' words that begin with the last word, by language number.
    `widened` lets the names of a concept stand for the words that named it.
    """
    if not asked.wanted:
        return ""
    goes_on = begun(asked.wanted[-1].words[0]) if asked.begun else {}
    found = (_in(asked, code, tongue, goes_on.get(tongue, []), widened) for code, tongue in tongues.items())
    return " OR ".join(part for part in found if part)


def _in(asked: Sought, language: str, tongue: int, goes_on: list[str], widened: bool) -> str:
    """The question in one language."""
    tag = tag_of(tongue)
    meant = asked.meant(language)
    groups: dict[int, str] = {}
    for place in meant:
        if not (forms := _forms(asked.wanted[place], language, tag)):
            return ""
        if place == len(asked.wanted) - 1 and (more := [said for stem in goes_on if (said := _said(f"{stem}{tag}")) not in forms]):
            forms.append("title : " + _any(more))
        groups[place] = _any(forms)
    for span in asked.spans if widened else ():
        others = _names(span.concept, language, tag)
        own = [groups.pop(place) for place in range(span.first, span.first + span.length) if place in groups]
        if own or others:
            own = [f"({' AND '.join(own)})"] if own else []
            groups[span.first] = _any([*own, *others])
    match = " AND ".join(groups.values())
    return f"(({match}){excluded(asked, language, tag)})"


def excluded(asked: Sought, language: str, tag: str) -> str:
    """What has not to stand in a row of this language."""
    forms = [form for one in asked.unwanted for form in _forms(one, language, tag)]
    return f" NOT {_any(forms)}" if forms else ""


def unwanted_alone(asked: Sought, tongues: Mapping[str, int]) -> str:
    """The expression for what a question without any wanted word leaves out."""
    forms = [form for code, tongue in tongues.items() for one in asked.unwanted for form in _forms(one, code, tag_of(tongue))]
    return " OR ".join(forms)


def marked(asked: Sought, language: str, goes_on: Iterable[str] = ()) -> frozenset[str]:
    """Every stem that a highlight marks in a text of this language."""
    words = [word for place in asked.meant(language) for word in asked.wanted[place].words]
    for span in asked.spans:
        words += [word for name in thesaurus.names(span.concept, language) for word in words_alone(name)]
    return frozenset(goes_on) | {stem for word in words for stem in stems(word, language)}
