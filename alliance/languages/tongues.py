"""The interface languages. An eighth is one line here, one catalogue and one migration."""

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
