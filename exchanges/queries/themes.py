"""The themes that practices are filed under: concepts of the thesaurus."""

from alliance.search import thesaurus


def is_theme(theme: str) -> bool:
    """Whether the thesaurus has this concept."""
    return thesaurus.is_theme(theme)


def with_narrower(theme: str) -> list[str]:
    """The theme and all that are narrower."""
    return list(thesaurus.with_narrower(theme))
