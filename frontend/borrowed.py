"""Sentences of Django, allauth and DRF that we can show, and that their own catalogues do not have in all seven languages.

Naming them here brings them into our catalogues, which come first. What we say in our own words (forms/accounts.py, accounts.py,
account_letters.py) is not here.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

SENTENCES = [
    gettext_noop("You must type the same password each time."),
    gettext_noop("“%(value)s” is not a valid value."),
    gettext_noop("Enter a valid %(name)s."),
    gettext_noop("Enter a valid domain name."),
    gettext_noop("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    gettext_noop("Incorrect code."),
    gettext_noop("Invalid login."),
    gettext_noop("Not a valid string."),
    gettext_noop("Datetime value out of range."),
    gettext_noop("Ensure this field has at least {min_length} elements."),
    gettext_noop("Ensure this field has no more than {max_length} elements."),
    gettext_noop("Surrogate characters are not allowed: U+{code_point:X}."),
]
# Counted ones are named for the catalogue only: Django itself chooses the form.
COUNTED = [
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %(min_length)d character.",
        "This password is too short. It must contain at least %(min_length)d characters.",
    ),
]
