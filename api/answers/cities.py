"""Cities, places, themes and targets."""

from rest_framework import serializers

from .parts import Language

CITY_STATES = (
    ("admitted", "has its seat"),
    ("on_hold", "reads and does not write, until the secretariat takes it up again"),
    ("withdrawn", "has left"),
    ("excluded", "was excluded"),
)


class City(serializers.Serializer):
    """A city that is or was a member."""

    id = serializers.IntegerField(help_text="Id of the city, as `history/city:{id}/` takes it.")
    slug = serializers.CharField(help_text="Its name in addresses.")
    name = serializers.CharField(help_text="Its name in the language that was asked for.")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2 code.")
    country_name = serializers.CharField(help_text="The country’s name in the language that was asked for.")
    latitude = serializers.FloatField(help_text="Degrees north.")
    longitude = serializers.FloatField(help_text="Degrees east.")
    population = serializers.IntegerField(help_text="Inhabitants, by GeoNames.")
    languages = serializers.ListField(child=serializers.CharField(), help_text="Languages the city works in.")
    state = serializers.ChoiceField(choices=CITY_STATES, help_text="Its seat in the network.")
    admitted_at = serializers.DateTimeField(help_text="When it was admitted.")
    signed = serializers.BooleanField(help_text="Whether a signature of the charter is in force.")
    signed_at = serializers.DateTimeField(allow_null=True, help_text="When the signature in force was given.")
    website = serializers.CharField(allow_blank=True, help_text="Address of its website.")
    networks = serializers.ListField(child=serializers.CharField(), help_text="Ids of the other networks that it belongs to.")
    about = serializers.CharField(allow_blank=True, help_text="What the city says of itself, in the shown language.")
    language = Language(help_text="Which language `about` is shown in, and what that text is worth.")


class Place(serializers.Serializer):
    """A real place, by GeoNames."""

    id = serializers.IntegerField(help_text="GeoNames id: the `place` of an application.")
    name = serializers.CharField(help_text="Its name in the language that was asked for.")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2 code.")
    country_name = serializers.CharField(help_text="The country’s name in the language that was asked for.")
    population = serializers.IntegerField(help_text="Inhabitants, by GeoNames.")


class Network(serializers.Serializer):
    """Another network of cities."""

    id = serializers.CharField(help_text="Its id, as `networks` of a city and the `network` filter take it.")
    name = serializers.CharField(help_text="The name that it gives itself.")


class Theme(serializers.Serializer):
    """A concept of the thesaurus."""

    id = serializers.CharField(help_text="Its id, as `themes` of a practice and the `theme` filters take it.")
    label = serializers.CharField(help_text="Its name in the language that was asked for.")
    broader = serializers.CharField(allow_null=True, help_text="Id of the concept that it is a part of; null for the broad ones.")


class Target(serializers.Serializer):
    """A numbered aim of a published framework."""

    id = serializers.CharField(help_text="`{framework}:{number}`, as `targets` of a practice take it.")
    framework = serializers.CharField(help_text="`sdg` (Sustainable Development Goals) or `eccar` (ten points against racism).")
    number = serializers.CharField(help_text="Its number in the framework: `11.7`.")
    label = serializers.CharField(help_text="Its words in the language that was asked for.")
