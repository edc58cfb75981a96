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

from .answers import rooms as answers
from .answers.parts import page_of
from .door import Door
from .openapi import LISTS, Ask
from .pagination import listed, number_asked, rows_asked
from .shapes import Audience

BIGGEST = 2**53


class RoomInput(serializers.Serializer):
    """A room to open."""

    title = serializers.CharField(max_length=200, help_text="What it is about.")
    audience = Audience(
        required=False, help_text="Whose officials are in it; unless told `room`: only people who are named. Never `public`."
    )
    city = serializers.CharField(
        max_length=80, required=False, help_text="Slug of the city that opens it; unless told one’s first."
    )
    language = serializers.ChoiceField(
        choices=CODES, required=False, help_text="Language of the title; unless told what it looks like, else one’s own."
    )


class PersonInput(serializers.Serializer):
    """A person, by one of these."""

    email = serializers.EmailField(required=False, max_length=254, help_text="Their address.")
    person = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST, help_text="Their id.")


class MessageInput(serializers.Serializer):
    """Something to say."""

    text = serializers.CharField(max_length=4000, trim_whitespace=False, help_text="The words, as they are.")
    nonce = serializers.CharField(
        max_length=64,
        help_text="A word of your own for this message. Sent again it is the same message, so that a lost answer does no harm.",
    )
    reply_to = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=BIGGEST, help_text="`seq` of the message that this answers."
    )
    source_language = serializers.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?$",
        required=False,
        allow_blank=True,
        max_length=8,
        help_text="Language of the words; unless told what they look like, else one’s own.",
    )


class TextInput(serializers.Serializer):
    """A message in new words."""

    text = serializers.CharField(max_length=4000, trim_whitespace=False, help_text="The words, as they are.")


class SeqInput(serializers.Serializer):
    """How far one has read."""

    seq = serializers.IntegerField(min_value=0, max_value=BIGGEST, help_text="`seq` of the last message read.")


class SignInput(serializers.Serializer):
    """A sign to put under a message."""

    sign = serializers.CharField(max_length=8, help_text="One of 👍 ❤️ 👏 🙏 ✅ 👀.")


class Rooms(Door):
    """Places to talk."""

    takes = {"POST": RoomInput}
    asks = {"GET": LISTS}
    gives = {"GET": page_of(answers.Room), "POST": (answers.Room, 201)}

    def read(self, request):
        """The rooms that one is in, the one spoken in last first."""
        queryset = rooms.by_newest_talk(rooms.rooms_visible_to(self.who))
        return listed(request, queryset, lambda page: rooms.room_rows(page, self.who, self.language), ("-stirred_at", "-id"))

    def post(self, request):
        """Open a room for a city one writes for, and be in it."""
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
    """One room that one is in."""

    gives = {"GET": answers.Room}

    def read(self, request, pk):
        self.room(pk)
        return rooms.room_rows(rooms.rooms_visible_to(self.who).filter(pk=pk), self.who, self.language)[0]


class Close(InRoom):
    """Close a room. It is read, and no longer written; whoever opened it may do this, and the coordinators of its city."""

    gives = {"POST": answers.Room}

    def post(self, request, pk):
        self.room(pk)
        actions.close(pk, actor=request.user)
        return Response(rooms.room_rows(rooms.rooms_visible_to(self.who).filter(pk=pk), self.who, self.language)[0])


class People(InRoom):
    """Who is in a room."""

    takes = {"POST": PersonInput}
    asks = {
        "DELETE": {
            "person": Ask("Id of the person to take out; oneself unless told.", int),
            "email": Ask("Their address, instead of `person`."),
        }
    }
    gives = {"GET": page_of(answers.RoomPerson), "POST": (page_of(answers.RoomPerson), 201)}

    def read(self, request, pk):
        """Who is in a room, all on one page."""
        return {"next": None, "previous": None, "results": rooms.people_rows(self.room(pk), self.language)}

    def post(self, request, pk):
        """Bring somebody in by name: a person with a mandate or an office. They will read everything that was said."""
        room = self.room(pk)
        given = self.given(PersonInput)
        if not given:
            raise Invalid(_("Please name the person by “email” or “person”."), field="email")
        actions.add_person(pk, email=given.get("email", ""), person_id=given.get("person"), actor=request.user)
        return Response({"next": None, "previous": None, "results": rooms.people_rows(room, self.language)}, status=201)

    def delete(self, request, pk):
        """Leave a room, or take somebody out.

        Who was brought in by name can leave, or be taken out by whoever opened the room and by the coordinators of its city.
        Who is in it by mandate or office, because the room's audience holds them, stays while that lasts (403). The person may
        also be named in a JSON body, as for POST.
        """
        room = self.room(pk)
        given = self.given_or_asked(PersonInput)
        person_id = given.get("person", request.user.pk)
        if "email" in given:
            person_id = rooms.in_room(room).filter(email=given["email"].lower()).values_list("pk", flat=True).first()
        if person_id is None:
            raise Invalid(_("Nobody with a mandate in the alliance has this address."), field="email")
        actions.remove_person(pk, person_id, actor=request.user)
        return Response(status=204)


class Messages(InRoom):
    """What is said in a room."""

    takes = {"POST": MessageInput}
    asks = {
        "GET": {
            "after": Ask(
                "Those that came after the message of this `seq`, the oldest first; with `before`, up to that one.", int
            ),
            "before": Ask("The last ones before the message of this `seq`.", int),
            "page_size": Ask("How many to give, 1 to 100; 100 unless told.", int),
        }
    }
    gives = {"GET": page_of(answers.Message), "POST": (answers.Message, 201, 200)}

    def read(self, request, pk):
        """Messages of a room in the order of `seq`: the newest, or those after or before one.

        There is no cursor: go on with `?after=` the last `seq` you have, until nothing comes.
        """
        self.room(pk)
        after, before = (number_asked(request, name) for name in ("after", "before"))
        found = rooms.messages_in(pk, after=after, before=before, most=rows_asked(request, 100))
        return {"next": None, "previous": None, "results": rooms.message_rows(found, self.language)}

    def post(self, request, pk):
        """Say something. A new message is answered with 201; a `nonce` sent before in this room with 200 and the same message."""
        self.room(pk)
        message, new = actions.post(pk, **self.given(MessageInput), actor=request.user)
        return Response(rooms.message_rows([message], self.language)[0], status=201 if new else 200)


class Message(InRoom):
    """One message: its author changes it or takes it back."""

    takes = {"PATCH": TextInput}
    gives = {"GET": answers.Message, "PATCH": answers.Message}

    def read(self, request, pk, seq):
        """One message, by its number in the room."""
        self.room(pk)
        return rooms.message_rows([self.found(rooms.message(pk, seq))], self.language)[0]

    def patch(self, request, pk, seq):
        """Change what one said. What stood before is kept in its history."""
        self.room(pk)
        return Response(
            rooms.message_rows([actions.edit(pk, seq, self.given(TextInput)["text"], actor=request.user)], self.language)[0]
        )

    def delete(self, request, pk, seq):
        """Take back what one said. The message keeps its number and says nothing."""
        self.room(pk)
        actions.remove(pk, seq, actor=request.user)
        return Response(status=204)


class Reactions(InRoom):
    """Signs under a message."""

    takes = {"POST": SignInput}
    asks = {"DELETE": {"sign": Ask("The sign to take away.")}}
    gives = {"GET": page_of(answers.Reaction), "POST": answers.Message, "DELETE": answers.Message}

    def read(self, request, pk, seq):
        """The signs under a message, all on one page."""
        self.room(pk)
        row = rooms.message_rows([self.found(rooms.message(pk, seq))])[0]
        return {"next": None, "previous": None, "results": row["reactions"]}

    def post(self, request, pk, seq):
        """Put a sign under a message. A second time changes nothing."""
        return self._set(request, pk, seq, on=True)

    def delete(self, request, pk, seq):
        """Take one's sign away. It may also be named in a JSON body, as for POST."""
        return self._set(request, pk, seq, on=False)

    def _set(self, request, pk, seq, *, on):
        self.room(pk)
        message = actions.react(pk, seq, self.given_or_asked(SignInput)["sign"], on=on, actor=request.user)
        return Response(rooms.message_rows([message], self.language)[0])


class Read(InRoom):
    """Say how far one has read. The mark never goes back, nor beyond the newest message."""

    takes = {"POST": SeqInput}
    gives = {"POST": answers.ReadMark}

    def post(self, request, pk):
        self.room(pk)
        return Response({"read_seq": actions.mark_read(pk, self.given(SeqInput)["seq"], actor=request.user)})
