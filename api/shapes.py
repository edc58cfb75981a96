"""Shapes that several nouns share."""

from rest_framework import serializers

KINDS = ("public", "members", "cities", "room", "own")


class Audience(serializers.Serializer):
    """`{"kind": "public|members|cities|room|own", "cities": [slug], "room": id}`."""

    kind = serializers.ChoiceField(choices=KINDS)
    cities = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=500)
    room = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**53)


class Reason(serializers.Serializer):
    reason = serializers.CharField(max_length=4000)
