from django.conf import settings
from django.db import models

from alliance import clock

from .audience import Audienced


class Room(Audienced):
    """A place to talk. Its audience says whose officials are in it; `people` adds persons one by one.

    A room's audience is `members`, `cities`, `own`, or `room`: only the people named one by one.
    """

    title = models.CharField(max_length=200)
    title_language = models.CharField(max_length=8)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    last_seq = models.PositiveBigIntegerField(default=0)  # allotted under this row's lock: no gaps
    last_posted_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self):
        return self.title


class Presence(models.Model):
    """A person in a room: named one by one (`added`), or there by their city's mandate; with how far they have read."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="presences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="presences")
    added = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True)
    read_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="one_presence_per_person_and_room")]

    def __str__(self):
        return f"{self.person_id} in {self.room_id}"


class Message(models.Model):
    """Something said in a room. `seq` numbers the room's messages without gaps; a removed one keeps its number."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="messages")
    seq = models.PositiveBigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    city = models.ForeignKey("members.City", models.PROTECT, null=True, related_name="+")  # for which the author spoke
    text = models.TextField(max_length=4000)
    source_language = models.CharField(max_length=8, blank=True)
    nonce = models.CharField(max_length=64)
    reply_to = models.PositiveBigIntegerField(null=True)  # the seq answered
    posted_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveBigIntegerField(default=1)

    class Meta:
        ordering = ["room", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_per_seq"),
            models.UniqueConstraint(fields=["room", "author", "nonce"], name="post_once"),
        ]

    def __str__(self):
        return f"{self.room_id}#{self.seq}"


class Reaction(models.Model):
    """One person's sign under a message."""

    SIGNS = ("👍", "❤️", "👏", "🙏", "✅", "👀")

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sign = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "person", "sign"], name="react_once")]

    def __str__(self):
        return f"{self.sign} {self.message_id}"
