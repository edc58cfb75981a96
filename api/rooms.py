"""Rooms, their people and their messages."""

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from alliance.errors import Invalid
from alliance.languages.detection import guess
from alliance.languages.tongues import CODES
from exchanges.actions import rooms as actions
from exchanges.queries import rooms
from members.queries.cities import cities_visible_to

from .door import Door
from .openapi import LISTS
from .pagination import listed
from .shapes import Audience

BIGGEST = 2**53


class RoomInput(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    audience = Audience(required=False)
    city = serializers.CharField(max_length=80, required=False)
    language = serializers.ChoiceField(choices=CODES, required=False)


class PersonInput(serializers.Serializer):
    email = serializers.EmailField(required=False, max_length=254)
    person = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST)


class MessageInput(serializers.Serializer):
    text = serializers.CharField(max_length=4000, trim_whitespace=False)
    nonce = serializers.CharField(max_length=64)
    reply_to = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST)
    source_language = serializers.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?$", required=False, allow_blank=True, max_length=8
    )


class TextInput(serializers.Serializer):
    text = serializers.CharField(max_length=4000, trim_whitespace=False)


class SeqInput(serializers.Serializer):
    seq = serializers.IntegerField(min_value=0, max_value=BIGGEST)


class SignInput(serializers.Serializer):
    sign = serializers.CharField(max_length=8)


class Rooms(Door):
    """One's rooms, the one spoken in last first; POST opens one."""

    takes = {"POST": RoomInput}
    asks = LISTS

    def read(self, request):
        queryset = rooms.by_newest_talk(rooms.rooms_visible_to(self.who))
        return listed(request, queryset, lambda page: rooms.room_rows(page, self.who, self.language), ("-stirred_at", "-id"))

    def post(self, request):
        given = dict(self.given(RoomInput))
        city_id = None
        if slug := given.pop("city", ""):
            city_id = cities_visible_to(request.user).filter(slug=slug).values_list("pk", flat=True).first()
            if city_id is None:
                raise Invalid(_("There is no such city."), field="city")
        room = actions.open_room(
            given["title"],
            given.get("audience"),
            city_id=city_id,
            language=given.get("language") or self.title_language(given["title"]),
            actor=request.user,
        )
        return Response(
            rooms.room_rows(rooms.rooms_visible_to(self.who).filter(pk=room.pk), self.who, self.language)[0], status=201
        )

    def title_language(self, title: str) -> str:
        """What the title is written in, when the program does not say: what it looks like, else the person's own language."""
        return guess(title) or self.request.user.language


class InRoom(Door):
    """A view about one room that the asker is in; everybody else gets 404."""

    def room(self, pk: int):
        return self.found(rooms.rooms_visible_to(self.who).filter(pk=pk).first())


class Room(InRoom):
    """One room."""

    def read(self, request, pk):
        self.room(pk)
        return rooms.room_rows(rooms.rooms_visible_to(self.who).filter(pk=pk), self.who, self.language)[0]


class Close(InRoom):
    """The room is read, and no longer written."""

    def post(self, request, pk):
        self.room(pk)
        actions.close(pk, actor=request.user)
        return Response(rooms.room_rows(rooms.rooms_visible_to(self.who).filter(pk=pk), self.who, self.language)[0])


class People(InRoom):
    """Who is in a room. POST `{email}` or `{person}` brings somebody in, DELETE takes them out, by default oneself."""

    takes = {"POST": PersonInput}

    def read(self, request, pk):
        return {"next": None, "previous": None, "results": rooms.people_rows(self.room(pk), self.language)}

    def post(self, request, pk):
        room = self.room(pk)
        given = self.given(PersonInput)
        if not given:
            raise Invalid(_("Please name the person by “email” or “person”."), field="email")
        actions.add_person(pk, email=given.get("email", ""), person_id=given.get("person"), actor=request.user)
        return Response({"next": None, "previous": None, "results": rooms.people_rows(room, self.language)}, status=201)

    def delete(self, request, pk):
        room = self.room(pk)
        given = self.given(PersonInput)
        person_id = given.get("person", request.user.pk)
        if "email" in given:
            person_id = rooms.in_room(room).filter(email=given["email"].lower()).values_list("pk", flat=True).first()
        if person_id is None:
            raise Invalid(_("Nobody with a mandate in the alliance has this address."), field="email")
        actions.remove_person(pk, person_id, actor=request.user)
        return Response(status=204)


class Messages(InRoom):
    """`?after=SEQ` what came since, `?before=SEQ` what came before, neither: the newest. POST says something."""

    takes = {"POST": MessageInput}
    asks = ("after", "before", "page_size")

    def read(self, request, pk):
        self.room(pk)
        after, before = (self.number(name) for name in ("after", "before"))
        most = min(self.number("page_size") or 100, 100) or 100
        found = rooms.messages_in(pk, after=after, before=before, most=most)
        return {"next": None, "previous": None, "results": rooms.message_rows(found, self.language)}

    def number(self, name: str) -> int | None:
        given = self.request.query_params.get(name)
        if given in (None, ""):
            return None
        if not given.isascii() or not given.isdigit() or len(given) > 15:
            raise Invalid(_("“%(name)s” is a whole number.") % {"name": name}, field=name)
        return int(given)

    def post(self, request, pk):
        self.room(pk)
        message, new = actions.post(pk, **self.given(MessageInput), actor=request.user)
        return Response(rooms.message_rows([message], self.language)[0], status=201 if new else 200)


class Message(InRoom):
    """One message: its author changes it or takes it back."""

    takes = {"PATCH": TextInput}

    def read(self, request, pk, seq):
        self.room(pk)
        return rooms.message_rows([self.found(rooms.message(pk, seq))], self.language)[0]

    def patch(self, request, pk, seq):
        self.room(pk)
        return Response(
            rooms.message_rows([actions.edit(pk, seq, self.given(TextInput)["text"], actor=request.user)], self.language)[0]
        )

    def delete(self, request, pk, seq):
        self.room(pk)
        actions.remove(pk, seq, actor=request.user)
        return Response(status=204)


class Reactions(InRoom):
    """Signs under a message: POST puts one, DELETE takes it away."""

    takes = {"POST": SignInput}

    def read(self, request, pk, seq):
        self.room(pk)
        row = rooms.message_rows([self.found(rooms.message(pk, seq))])[0]
        return {"next": None, "previous": None, "results": row["reactions"]}

    def post(self, request, pk, seq):
        return self._set(request, pk, seq, on=True)

    def delete(self, request, pk, seq):
        return self._set(request, pk, seq, on=False)

    def _set(self, request, pk, seq, *, on):
        self.room(pk)
        message = actions.react(pk, seq, self.given(SignInput)["sign"], on=on, actor=request.user)
        return Response(rooms.message_rows([message], self.language)[0])


class Read(InRoom):
    """How far one has read."""

    takes = {"POST": SeqInput}

    def post(self, request, pk):
        self.room(pk)
        return Response({"read_seq": actions.mark_read(pk, self.given(SeqInput)["seq"], actor=request.user)})
