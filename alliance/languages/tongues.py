"""The interface languages. An eighth is one line here, one catalogue and one migration."""

from functools import cache

from babel import Locale

TONGUES = [
    ("fr", "Français"),
    ("en", "English"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("de", "Deutsch"),
    ("pt", "Português"),
    ("ar", "العربية"),
]
CODES = [code for code, _name in TONGUES]
RIGHT_TO_LEFT = ["ar"]


@cache
def spoken() -> frozenset[str]:
    """The languages of the world that have a two-letter code (ISO 639-1), as CLDR knows them."""
    return frozenset(str(code) for code in Locale("en").languages if len(str(code)) == 2)
