"""What was found."""

from rest_framework import serializers

from .parts import Language

KINDS = (
    ("article", "an article of the charter"),
    ("city", "a city"),
    ("practice", "a practice"),
    ("document", "a document, by its title and its text"),
    ("message", "something said in a room of the asker’s"),
)
ENGINES = (
    ("embedded", "the index on this machine"),
    ("elasticsearch", "Elasticsearch"),
    ("reduced", "titles and names only: the index rests"),
)


class Expansion(serializers.Serializer):
    """A theme that the words name."""

    term = serializers.CharField(help_text="The words.")
    concept = serializers.CharField(help_text="Id of the theme.")
    added = serializers.ListField(child=serializers.CharField(), help_text="Its names in all languages, looked for as well.")


class FacetValue(serializers.Serializer):
    """One value of a facet."""

    value = serializers.CharField(help_text="The value, as the filter takes it.")
    count = serializers.IntegerField(help_text="How many of the things found have it.")
    label = serializers.CharField(required=False, help_text="Its name in the reader’s language; for themes.")


class Facets(serializers.Serializer):
    """By what the things found could be narrowed."""

    kind = FacetValue(many=True, help_text="By kind.")
    language = FacetValue(many=True, help_text="By a language that they exist in.")
    theme = FacetValue(many=True, help_text="By theme.")
    city = FacetValue(many=True, help_text="By city.")


class Found(serializers.Serializer):
    """One thing that was found."""

    kind = serializers.ChoiceField(choices=KINDS, help_text="What it is.")
    id = serializers.IntegerField(help_text="Its id.")
    url = serializers.CharField(help_text="Its page on the site.")
    title = serializers.CharField(help_text="Its title, in the shown language.")
    highlight = serializers.CharField(
        allow_blank=True, help_text="The place where the words stand, as HTML: `<mark>` around what fits, all else escaped."
    )
    language = Language(help_text="Which language is shown, and what the text is worth.")
    score = serializers.FloatField(
        help_text="How well it fits: 1 and more where the question’s own words were met, less where only a theme was."
    )


class SearchAnswer(serializers.Serializer):
    """What was found, the best first."""

    total = serializers.IntegerField(help_text="How many there are.")
    took_ms = serializers.FloatField(help_text="How long it took, in milliseconds.")
    engine = serializers.ChoiceField(choices=ENGINES, help_text="Who answered.")
    expanded = Expansion(many=True, help_text="Themes that the words name; empty with `expand=off`.")
    facets = Facets(help_text="How many there are of each.")
    results = Found(many=True, help_text="One page of them.")
