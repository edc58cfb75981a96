"""Practices, documents, reports, history."""

from rest_framework import serializers

from ..shapes import Audience
from .parts import CityBrief, Language, PersonBrief, Right

PRACTICE_STATES = (
    ("draft", "the city writes; only the city sees it"),
    ("submitted", "before the secretariat"),
    ("returned", "the secretariat asks the city for something"),
    ("published", "seen by its audience"),
    ("withdrawn", "taken back by the city"),
)
FILE_STATES = (
    ("scanning", "being checked; only its own city knows of it"),
    ("ready", "can be fetched"),
    ("quarantined", "kept apart; `reason` says why"),
)
QUARANTINES = (
    ("", "not in quarantine"),
    ("virus", "the scanner objects"),
    ("unreadable", "damaged, protected, or not what it says"),
    ("too_large_unpacked", "unpacks to more than can be handled"),
    ("macros", "holds macros"),
)
REPORT_STATES = (("open", "nobody has decided"), ("hidden", "out of sight"), ("kept", "stands"))


class PracticeLanguage(Language):
    """The language note of a practice."""

    untranslated = serializers.ListField(
        child=serializers.CharField(), help_text="Texts that the shown translation lacks: they are given in the source language."
    )


class PracticeRow(serializers.Serializer):
    """A practice as lists show it."""

    id = serializers.IntegerField(help_text="Id of the practice.")
    version = serializers.IntegerField(help_text="Grows with every change; send it with PATCH to overwrite nobody.")
    city = CityBrief(help_text="The city that describes it.")
    title = serializers.CharField(allow_blank=True, help_text="Title, in the shown language.")
    summary = serializers.CharField(allow_blank=True, help_text="In brief, in the shown language.")
    language = PracticeLanguage(help_text="Which language is shown, and what the text is worth.")
    state = serializers.ChoiceField(choices=PRACTICE_STATES, help_text="Where it stands.")
    hidden = serializers.BooleanField(help_text="Moderators took it out of sight; only its city and the secretariat see it.")
    audience = Audience(help_text="Who may see it once it is published.")
    themes = serializers.ListField(child=serializers.CharField(), help_text="Ids of themes.")
    targets = serializers.ListField(child=serializers.CharField(), help_text="Ids of targets.")
    written_at = serializers.DateTimeField(help_text="When it was begun.")
    published_at = serializers.DateTimeField(allow_null=True, help_text="When the secretariat published it.")


class Transfer(serializers.Serializer):
    """Another city took the practice up."""

    city = CityBrief(help_text="The city that took it up.")
    note = serializers.CharField(allow_blank=True, help_text="What it changed.")
    language = Language(help_text="The language of the note.")
    at = serializers.DateTimeField(help_text="When it said so.")


class File(serializers.Serializer):
    """One file of a document."""

    number = serializers.IntegerField(help_text="Its number, from 1: `versions/{number}/content/`.")
    state = serializers.ChoiceField(choices=FILE_STATES, help_text="Whether it can be fetched.")
    filename = serializers.CharField(help_text="Name under which it is saved.")
    media_type = serializers.CharField(allow_blank=True, help_text="What it is, by its content.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text="Digest of its bytes.")
    pages = serializers.IntegerField(allow_null=True, help_text="Pages or slides, where there are any.")
    scanned = serializers.BooleanField(allow_null=True, help_text="Whether a virus scanner has looked at it.")
    uploaded_at = serializers.DateTimeField(help_text="When it was sent.")
    reason = serializers.CharField(allow_blank=True, help_text="Why it is in quarantine, in the reader’s language.")
    reason_code = serializers.ChoiceField(choices=QUARANTINES, help_text="The same, for programs.")


class DocumentRow(serializers.Serializer):
    """A document as lists show it."""

    id = serializers.IntegerField(help_text="Id of the document.")
    version = serializers.IntegerField(help_text="Grows with every change.")
    city = CityBrief(help_text="The city that shares it.")
    title = serializers.CharField(help_text="Title, in the shown language.")
    language = Language(help_text="Which language the title is shown in. The file has its own.")
    state = serializers.ChoiceField(choices=FILE_STATES, help_text="State of the newest file that the asker may know of.")
    reason = serializers.CharField(allow_blank=True, help_text="Why that file is in quarantine, in the reader’s language.")
    reason_code = serializers.ChoiceField(choices=QUARANTINES, help_text="The same, for programs.")
    audience = Audience(help_text="Who may see it.")
    practice = serializers.IntegerField(allow_null=True, help_text="Id of the practice that it belongs to.")
    shared_at = serializers.DateTimeField(help_text="When it was shared.")
    hidden = serializers.BooleanField(help_text="Moderators took it out of sight.")
    current = File(allow_null=True, help_text="The file that `content/` gives; null before the first is ready.")


class Document(DocumentRow):
    """A document with its files."""

    versions = File(many=True, help_text="The files that the asker may know of, newest first.")
    rights = serializers.DictField(child=Right(), help_text="What the asker may do, by verb.")


class Practice(PracticeRow):
    """A practice with all its texts."""

    context = serializers.CharField(allow_blank=True, help_text="The situation before.")
    action = serializers.CharField(allow_blank=True, help_text="What was done.")
    results = serializers.CharField(allow_blank=True, help_text="What came of it.")
    failed = serializers.CharField(allow_blank=True, help_text="What did not work.")
    cost = serializers.CharField(allow_blank=True, help_text="What it cost.")
    state_reason = serializers.CharField(allow_blank=True, help_text="Why it was returned; for its city and the secretariat.")
    transfers = Transfer(many=True, help_text="Cities that took it up.")
    documents = DocumentRow(many=True, help_text="Documents that belong to it.")
    rights = serializers.DictField(child=Right(), help_text="What the asker may do, by verb.")


class ReportBrief(serializers.Serializer):
    """A report, as whoever made it is told."""

    id = serializers.IntegerField(help_text="Id of the report.")
    state = serializers.ChoiceField(choices=REPORT_STATES, help_text="What was decided.")
    subject = serializers.CharField(help_text="What was reported: `message:17`.")


class Report(ReportBrief):
    """A report, as moderators see it."""

    reason = serializers.CharField(help_text="Why it should not stand, for programs.")
    reason_label = serializers.CharField(help_text="The same, in the reader’s language.")
    note = serializers.CharField(allow_blank=True, help_text="What the moderators should know.")
    excerpt = serializers.CharField(allow_blank=True, help_text="What stood there when it was reported.")
    state_label = serializers.CharField(help_text="What was decided, in the reader’s language.")
    reported_at = serializers.DateTimeField(help_text="When it was reported.")
    reported_by = PersonBrief(help_text="Who reported it.")
    decision_note = serializers.CharField(allow_blank=True, help_text="Why it was decided so.")
    decided_at = serializers.DateTimeField(allow_null=True, help_text="When it was decided.")
    decided_by = PersonBrief(allow_null=True, help_text="Who decided.")


class HistoryEntry(serializers.Serializer):
    """Something that happened, as it is kept for ever."""

    id = serializers.IntegerField(help_text="Id of the entry; they grow.")
    at = serializers.DateTimeField(help_text="When.")
    name = serializers.CharField(help_text="What happened: `practice.published`.")
    subject = serializers.CharField(help_text="What it happened to: `practice:7`.")
    facts = serializers.DictField(help_text="Ids and plain values that belong to it.")
    actor = PersonBrief(allow_null=True, help_text="Who did it; null for the network itself.")
