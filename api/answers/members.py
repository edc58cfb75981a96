"""Applications, mandates, and the person who asks."""

from rest_framework import serializers

APPLICATION_STATES = (
    ("awaiting_contact", "waiting for the contact to confirm with the code of the letter"),
    ("awaiting_decision", "waiting for the secretariat"),
    ("returned", "returned to the city, which completes it"),
    ("admitted", "the city is a member"),
    ("refused", "refused"),
)
ROLES = (
    ("coordinator", "writes, shares, talks, and invites others"),
    ("signatory", "signs the charter for the city; writes, shares and talks"),
    ("contributor", "writes, shares and talks"),
    ("observer", "reads"),
)
OFFICES = (("secretariat", "admits, publishes, keeps the register"), ("moderator", "decides on reports"))
DUE = (("mandate_ends", "a mandate ends within 30 days"), ("invitation", "a city invites; the code came by letter"))


class ApplicationBrief(serializers.Serializer):
    """What somebody without an account is told of an application."""

    id = serializers.IntegerField(help_text="Id of the application.")
    state = serializers.ChoiceField(choices=APPLICATION_STATES, help_text="Where it stands.")


class Application(ApplicationBrief):
    """A city asks to join."""

    place = serializers.IntegerField(help_text="GeoNames id of the city.")
    place_name = serializers.CharField(help_text="Its name in the language that was asked for.")
    contact_name = serializers.CharField(help_text="Who asks: an office or a name.")
    contact_email = serializers.EmailField(help_text="Address of the city administration.")
    role = serializers.CharField(help_text="Office or task of the contact.")
    motivation = serializers.CharField(help_text="Why the city wants to join.")
    language = serializers.CharField(help_text="Language in which we write to the contact.")
    applied_at = serializers.DateTimeField(help_text="When it was sent.")
    confirmed_at = serializers.DateTimeField(allow_null=True, help_text="When the contact proved the address.")
    decided_at = serializers.DateTimeField(allow_null=True, help_text="When it was admitted or refused.")
    reason = serializers.CharField(allow_blank=True, help_text="The secretariat’s reason for the latest decision.")
    slug = serializers.CharField(allow_null=True, help_text="Slug of the city that was admitted.")


# `from` is a word of Python's own.
Mandate = type(
    "Mandate",
    (serializers.Serializer,),
    {
        "__doc__": "A mandate of an official, or an invitation to one.",
        "id": serializers.IntegerField(help_text="Id of the mandate."),
        "city": serializers.CharField(help_text="Slug of the city."),
        "email": serializers.EmailField(help_text="Address of the person. Only those of the city and the secretariat see it."),
        "role": serializers.ChoiceField(choices=ROLES, help_text="What the mandate allows."),
        "language": serializers.CharField(help_text="Language of the letters to this person."),
        "invited_at": serializers.DateTimeField(help_text="When the city invited the person."),
        "from": serializers.DateTimeField(allow_null=True, help_text="When the mandate began; null for an open invitation."),
        "until": serializers.DateTimeField(allow_null=True, help_text="When it ends or ended; null without a fixed end."),
    },
)


class Person(serializers.Serializer):
    """The person for whom the token or the session acts."""

    id = serializers.IntegerField(help_text="Id of the person.")
    email = serializers.EmailField(help_text="Their address.")
    label = serializers.CharField(allow_blank=True, help_text="The name that others see.")
    language = serializers.CharField(help_text="Language of their letters.")
    staff_role = serializers.ChoiceField(choices=OFFICES, allow_null=True, help_text="Their office in the network; null: none.")


class Unread(serializers.Serializer):
    """What waits to be read."""

    messages = serializers.IntegerField(help_text="Messages over all rooms.")
    notices = serializers.IntegerField(help_text="Notices.")


class Due(serializers.Serializer):
    """Something that wants attention."""

    kind = serializers.ChoiceField(choices=DUE, help_text="What it is.")
    mandate = serializers.IntegerField(help_text="Id of the mandate.")
    at = serializers.DateTimeField(required=False, help_text="When the mandate ends; only for `mandate_ends`.")
    city = serializers.CharField(required=False, help_text="Slug of the inviting city; only for `invitation`.")


class Me(serializers.Serializer):
    """Who asks, and what waits for them."""

    person = Person(help_text="The person.")
    mandates = Mandate(many=True, help_text="Their active mandates.")
    unread = Unread(help_text="How much is unread.")
    due = Due(many=True, help_text="What wants attention.")


class Notice(serializers.Serializer):
    """Something happened that concerns the person."""

    id = serializers.IntegerField(help_text="Id of the notice; they grow.")
    name = serializers.CharField(help_text="What happened: `practice.published`, `room.joined` …")
    subject = serializers.CharField(help_text="What it happened to: `practice:7`.")
    facts = serializers.DictField(help_text="Ids and plain values that belong to it.")
    at = serializers.DateTimeField(help_text="When.")
    read_at = serializers.DateTimeField(allow_null=True, help_text="When the person marked it read; null: not yet.")


class Marked(serializers.Serializer):
    """What marking notices read came to."""

    marked = serializers.IntegerField(help_text="How many were unread before.")


class Ticket(serializers.Serializer):
    """A way into the socket."""

    ticket = serializers.CharField(help_text="Opens `/ws/?ticket=…` once, within 30 seconds.")
