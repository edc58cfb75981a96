"""The charter and its register."""

from rest_framework import serializers

from .parts import Language

ENTRY_KINDS = (
    ("signature", "a city signs an edition"),
    ("reservation", "a city signs with a reservation, which is public"),
    ("amendment", "what a city declared is amended"),
    ("withdrawal", "a city withdraws its signature"),
)
STANDINGS = (("authentic", "this text is what cities sign"), ("courtesy", "a translation; the authentic texts count"))


class Article(serializers.Serializer):
    """An article of the charter."""

    number = serializers.IntegerField(help_text="Its number in this edition.")
    key = serializers.CharField(help_text="A name that stays the same through all editions.")
    title = serializers.CharField(help_text="Its title in the shown language.")
    body = serializers.CharField(help_text="Its text in the shown language.")


class CharterLanguage(Language):
    """The language note of a charter text."""

    standing = serializers.ChoiceField(choices=STANDINGS, help_text="Whether the shown text is one that cities sign.")


class Edition(serializers.Serializer):
    """One frozen, numbered version of the charter."""

    number = serializers.IntegerField(help_text="The edition’s number, from 1.")
    sha256 = serializers.CharField(help_text="The digest of the authentic texts: what a city signs.")
    adopted_on = serializers.DateField(help_text="The day it was adopted.")
    authentic = serializers.ListField(child=serializers.CharField(), help_text="Languages whose texts are authentic.")
    title = serializers.CharField(help_text="Its title in the shown language.")
    preamble = serializers.CharField(help_text="Its preamble in the shown language.")
    articles = Article(many=True, help_text="Its articles in order.")
    language = CharterLanguage(help_text="Which language is shown, and what the text is worth.")


class RegisterLine(serializers.Serializer):
    """A line of the register. `hash` is the sha256 of this object without `hash`: JSON, keys sorted, no spaces, UTF-8."""

    position = serializers.IntegerField(help_text="Its place in the register, from 1, without gaps.")
    kind = serializers.ChoiceField(choices=ENTRY_KINDS, help_text="What happened.")
    city = serializers.CharField(allow_blank=True, help_text="Slug of the city.")
    edition = serializers.IntegerField(help_text="Number of the edition.")
    edition_sha256 = serializers.CharField(help_text="Digest of the edition’s authentic texts.")
    at = serializers.DateTimeField(help_text="When, in UTC to the microsecond, exactly as it is hashed.")
    facts = serializers.DictField(help_text="What else is public about it: deliberation, votes, the words of a reservation …")
    previous_hash = serializers.CharField(help_text="`hash` of the line before; 64 zeros in the first.")
    hash = serializers.CharField(help_text="Seal of this line.")


class Signed(RegisterLine):
    """The line of the register that the signature made."""

    reservation = serializers.CharField(allow_blank=True, help_text="The reservation, as it was given.")
