"""Shapes that several nouns share."""

from rest_framework import serializers

AUDIENCES = (
    ("public", "everybody"),
    ("members", "officials of member cities, and the offices of the network"),
    ("cities", "officials of the cities named in `cities`"),
    ("room", "the people of the room named in `room`; of a room itself: only people who are named one by one"),
    ("own", "officials of the city it belongs to"),
)


class Audience(serializers.Serializer):
    """Who may see a thing. The city it belongs to always does."""

    kind = serializers.ChoiceField(choices=AUDIENCES, help_text="The circle of people.")
    cities = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, max_length=500, help_text="Slugs of cities, for `cities`."
    )
    room = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**53, help_text="Id of a room, for `room`."
    )


class Reason(serializers.Serializer):
    """A decision says why."""

    reason = serializers.CharField(max_length=4000, help_text="Why: whom it concerns reads it.")
