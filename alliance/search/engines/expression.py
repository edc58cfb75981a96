"""A question as an FTS5 expression. Nothing a person types reaches FTS5 as syntax: only quoted stems do.

Every stem in the index ends with its language's tag, and a row has one language: the question is put once for each language.
"""

from collections.abc import Iterable, Mapping, Sequence

from .asking import Asking, Every, Form, Group


def tag_of(tongue: int) -> str:
    """The last letter of every stem in the language of that number."""
    return chr(ord("a") + tongue) if tongue < 26 else chr(0x100 + tongue)


def tagged(found: Iterable[str], tag: str) -> str:
    """Stems as the index keeps them, one after the other."""
    return " ".join(f"{stem}{tag}" for stem in found)


def said(form: Form, tag: str) -> str:
    """One form, quoted."""
    words = '"' + tagged(form.stems, tag).replace('"', '""') + '"'
    return f"title : {words}" if form.titled else words


def expression(asking: Asking, tongues: Mapping[str, int], *, widened: bool) -> str:
    """All that meets the question in any of these languages (code → number); "" when nothing can."""
    found = (_in(asking, code, tag_of(tongue), widened) for code, tongue in tongues.items())
    return " OR ".join(part for part in found if part)


def excluded(asking: Asking, tongues: Mapping[str, int]) -> str:
    """All that the question excludes."""
    return " OR ".join(said(form, tag_of(tongue)) for code, tongue in tongues.items() for form in asking.unwanted(code))


def _in(asking: Asking, language: str, tag: str, widened: bool) -> str:
    groups = asking.groups(language, widened=widened)
    if not groups:
        return ""
    unwanted = [said(form, tag) for form in asking.unwanted(language)]
    return f"({_every(groups, tag)}{f' NOT {_any(unwanted)}' if unwanted else ''})"


def _every(groups: Iterable[Group | tuple[Form, ...]], tag: str) -> str:
    return f"({' AND '.join(_any([_one(form, tag) for form in group]) for group in groups)})"


def _one(form: Form | Every, tag: str) -> str:
    return _every(form.groups, tag) if isinstance(form, Every) else said(form, tag)


def _any(forms: Sequence[str]) -> str:
    return forms[0] if len(forms) == 1 else f"({' OR '.join(forms)})"
