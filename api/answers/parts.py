"""Parts that the answers of several nouns share."""

from rest_framework import serializers

ORIGINS = (
    ("original", "written in this language"),
    ("human", "translated by a person"),
    ("machine", "translated by a machine, read by nobody"),
    ("checked", "translated by a machine or for the network, and read by a person"),
)


class Language(serializers.Serializer):
    """In which language the texts are shown, and what they are worth."""

    shown = serializers.CharField(help_text="Language of the texts in this answer.")
    asked = serializers.CharField(help_text="Language that was asked for, by `lang` or Accept-Language.")
    source = serializers.CharField(help_text="Language in which it was written.")
    origin = serializers.ChoiceField(choices=ORIGINS, help_text="Who made the text that is shown.")
    stale = serializers.BooleanField(help_text="The source was changed after this translation was made.")
    available = serializers.ListField(child=serializers.CharField(), help_text="Languages it can be read in, the source first.")


class CityBrief(serializers.Serializer):
    """A city as other things name it."""

    slug = serializers.CharField(help_text="The city’s name in addresses: `cities/{slug}/`.")
    name = serializers.CharField(help_text="Its name in the shown language.")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2 code of its country.")


class PersonBrief(serializers.Serializer):
    """A person as others see them. Addresses are never shown."""

    id = serializers.IntegerField(help_text="Id of the person.")
    label = serializers.CharField(allow_blank=True, help_text="The name that the person shows.")


class Right(serializers.Serializer):
    """Whether the asker may do something here."""

    may = serializers.BooleanField(help_text="Yes or no.")
    reason = serializers.CharField(allow_blank=True, help_text="Why not, in the reader’s language; empty for yes.")


class Fault(serializers.Serializer):
    """One thing that is wrong with what was sent."""

    field = serializers.CharField(
        allow_blank=True, help_text="The field, nested ones joined by dots: `audience.kind`. Empty: the whole."
    )
    code = serializers.CharField(help_text="What is wrong, in a word for programs: `required`, `invalid`, `max_length` …")
    message = serializers.CharField(help_text="What is wrong, in the reader’s language.")


class Problem(serializers.Serializer):
    """A refusal (RFC 9457), `application/problem+json`."""

    type = serializers.CharField(help_text="The kind of refusal, one for each status: `/problems/conflict`.")
    title = serializers.CharField(help_text="The kind of refusal, in the reader’s language.")
    status = serializers.IntegerField(help_text="The HTTP status once more.")
    detail = serializers.CharField(help_text="What happened and what to do: a sentence in the reader’s language.")
    errors = Fault(many=True, required=False, help_text="Which fields are at fault; only where some are.")
    resting = serializers.CharField(required=False, help_text="With 503: the part that rests (`database`, `files` …).")


_pages: dict[type, type] = {}


def page_of(shape: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The list of such things, page by page."""
    if shape not in _pages:
        _pages[shape] = type(
            f"{shape.__name__}List",
            (serializers.Serializer,),
            {
                "__doc__": f"One page of a list. {(shape.__doc__ or '').strip()}",
                "next": serializers.CharField(allow_null=True, help_text="Address of the next page; null on the last."),
                "previous": serializers.CharField(allow_null=True, help_text="Address of the page before; null on the first."),
                "results": shape(many=True, help_text="The rows of this page."),
            },
        )
    return _pages[shape]
