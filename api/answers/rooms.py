"""Rooms, their people and their messages."""

from rest_framework import serializers

from ..shapes import Audience
from .parts import CityBrief, Language, PersonBrief


class Room(serializers.Serializer):
    """A place to talk, as one of its people sees it."""

    id = serializers.IntegerField(help_text="Id of the room.")
    title = serializers.CharField(help_text="What it is about.")
    city = CityBrief(help_text="The city that opened it.")
    audience = Audience(help_text="Whose officials are in it; with `room`, only people named one by one.")
    opened_at = serializers.DateTimeField(help_text="When it was opened.")
    closed_at = serializers.DateTimeField(allow_null=True, help_text="When it was closed; a closed room is only read.")
    last_seq = serializers.IntegerField(help_text="Number of the newest message; 0 while nothing was said.")
    last_posted_at = serializers.DateTimeField(allow_null=True, help_text="When something was said last.")
    read_seq = serializers.IntegerField(help_text="Number of the last message that the asker has read.")
    unread = serializers.IntegerField(help_text="How many the asker has not read.")
    language = Language(help_text="The language of the title.")


class RoomPerson(serializers.Serializer):
    """Somebody in a room."""

    id = serializers.IntegerField(help_text="Id of the person.")
    label = serializers.CharField(allow_blank=True, help_text="The name that the person shows.")
    staff_role = serializers.CharField(allow_blank=True, help_text="Their office in the network; empty: none.")
    cities = CityBrief(many=True, help_text="Cities they act for.")


class Reaction(serializers.Serializer):
    """A sign under a message."""

    sign = serializers.CharField(help_text="The sign.")
    count = serializers.IntegerField(help_text="How many put it.")
    people = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of who put it.")


class Author(PersonBrief):
    """Who said something. Whom only an office of the network names is called by it, in the reader's language."""

    office = serializers.ChoiceField(
        choices=(("secretariat", "the secretariat"), ("moderator", "a moderator"), ("", "named by the label")),
        allow_blank=True,
        help_text="The office that stands for a name; empty where the label is a name.",
    )


class Message(serializers.Serializer):
    """Something said in a room. The socket gives the same object."""

    id = serializers.IntegerField(help_text="Id of the message, over all rooms.")
    room = serializers.IntegerField(help_text="Id of the room.")
    seq = serializers.IntegerField(help_text="Its number in the room, from 1, without gaps.")
    author = Author(help_text="Who said it.")
    city = serializers.CharField(allow_null=True, help_text="Slug of the city for which they spoke; null for an office.")
    text = serializers.CharField(allow_blank=True, help_text="What was said; empty once it is removed.")
    source_language = serializers.CharField(allow_blank=True, help_text="The language it was said in.")
    language = Language(help_text="The same, as every text of the API says it.")
    reply_to = serializers.IntegerField(allow_null=True, help_text="`seq` of the message that it answers.")
    posted_at = serializers.DateTimeField(help_text="When it was said.")
    edited_at = serializers.DateTimeField(allow_null=True, help_text="When it was changed last.")
    removed = serializers.BooleanField(help_text="Taken back, or taken away by moderators: it keeps its number and says nothing.")
    reactions = Reaction(many=True, help_text="The signs under it.")


class ReadMark(serializers.Serializer):
    """How far the asker has read."""

    read_seq = serializers.IntegerField(help_text="Number of the last message read; it never goes back.")
