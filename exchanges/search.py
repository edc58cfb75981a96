"""What of the exchanges can be found: published practices, documents with their text, and messages."""

from collections.abc import Iterable
from html import escape

from django.db.models import OuterRef, Q, Subquery

from alliance.languages import state
from alliance.languages.tongues import CODES
from alliance.ledger.events import Event
from alliance.search.engines import Hit
from alliance.search.index import Document as Entry
from alliance.search.index import Index, Text, stale_in
from members.events import CityDescribed

from . import events
from .models import Document, Message, Practice, Version
from .queries.audience import tokens_for
from .queries.documents import documents_visible_to
from .queries.practices import practices_visible_to
from .queries.rooms import messages_visible_to

NAMED_MOST = 50  # titles that the reduced search looks at
TITLE_MOST = 90  # characters of a message that stand for it in a list


def _city_name(thing, language: str) -> str:
    return state.text_of(thing.city, "name", language) or thing.city.slug


def _entry(index: type[Index], thing, texts: dict[str, Text], **facts) -> Entry:
    """A city's thing that is written and translated, with what all of those have."""
    return Entry(
        kind=index.kind,
        id=thing.pk,
        version=thing.version,
        source_language=thing.source_language,
        texts=texts,
        path=f"/{index.kind}s/{thing.pk}/",
        city=thing.city.slug,
        states={code: known.get("origin", state.HUMAN) for code, known in thing.language_states.items()},
        stale=stale_in(thing.source_language, thing.language_states, thing.wording),
        **facts,
    )


def _moved(index: type[Index], event: Event) -> Iterable[int]:
    """The things of a city that has a new name, and the one that moderation hid or showed again."""
    if isinstance(event, CityDescribed):
        return list(index.queryset().filter(city=event.city_id).values_list("pk", flat=True))
    if isinstance(event, events.ReportDecided | events.ReportUndone) and event.about.startswith(f"{index.kind}:"):
        return (int(event.about.partition(":")[2]),)
    return ()


def _titled(index, actor, text: str, language: str) -> list[Hit]:
    """What can be found by its title alone, in any language, straight from the database."""
    wanted = Q()
    for code in CODES:
        wanted |= Q(**{f"title_{code}__icontains": text.replace("\x00", "")[:100]})
    seen = index.visible_to(actor).filter(wanted).values("pk")
    hits = []
    for thing in index.queryset().filter(pk__in=seen).order_by("-pk")[:NAMED_MOST]:
        note = state.note_of(thing, language)
        title = state.text_of(thing, "title", note["shown"])
        path = f"/{index.kind}s/{thing.pk}/"
        facts = {
            "shown": note["shown"],
            "source": note["source"],
            "origin": note["origin"],
            "available": tuple(note["available"]),
        }
        hits.append(Hit(kind=index.kind, id=thing.pk, path=path, title=title, highlight=escape(title), score=0.0, **facts))
    return hits


class PracticeIndex(Index):
    kind = "practice"

    @classmethod
    def queryset(cls):
        shown = Practice.objects.filter(state=Practice.State.PUBLISHED, hidden_at=None)
        return shown.select_related("city").prefetch_related("audience_cities", "theme_rows", "target_rows")

    @classmethod
    def visible_to(cls, actor):
        return practices_visible_to(actor)

    @classmethod
    def named(cls, actor, text, language):
        return _titled(cls, actor, text, language)

    @classmethod
    def document(cls, thing: Practice) -> Entry:
        texts = {}
        for code in state.available(thing.source_language, thing.language_states):
            words = state.texts_of(thing, Practice.TEXTS, code)
            title = words.pop("title")
            texts[code] = Text(title, "\n".join([*filter(None, words.values()), _city_name(thing, code)]))
        return _entry(
            cls,
            thing,
            texts,
            # The secretariat reads every published practice, whoever else may.
            audience=tokens_for(thing) | {"staff:secretariat"},
            themes=tuple(row.theme for row in thing.theme_rows.all()),
            targets=tuple(row.target for row in thing.target_rows.all()),
            at=thing.published_at,
        )

    @classmethod
    def moved_by(cls, event: Event) -> Iterable[int]:
        return _moved(cls, event)


class DocumentIndex(Index):
    kind = "document"

    @classmethod
    def queryset(cls):
        """With the newest file that is ready: its text is found in the language that the document says it is written in."""
        ready = Version.objects.filter(document=OuterRef("pk"), state=Version.State.READY).order_by("-number")
        given = Document.objects.filter(removed_at=None, hidden_at=None).annotate(ready_text=Subquery(ready.values("text")[:1]))
        return given.filter(ready_text__isnull=False).select_related("city").prefetch_related("audience_cities")

    @classmethod
    def visible_to(cls, actor):
        return documents_visible_to(actor)

    @classmethod
    def named(cls, actor, text, language):
        return _titled(cls, actor, text, language)

    @classmethod
    def document(cls, thing: Document) -> Entry:
        texts = {}
        for code in state.available(thing.source_language, thing.language_states):
            body = f"{thing.ready_text}\n{_city_name(thing, code)}" if code == thing.source_language else _city_name(thing, code)
            texts[code] = Text(state.text_of(thing, "title", code), body)
        return _entry(cls, thing, texts, audience=tokens_for(thing), at=thing.shared_at)

    @classmethod
    def moved_by(cls, event: Event) -> Iterable[int]:
        return _moved(cls, event)


class MessageIndex(Index):
    kind = "message"

    @classmethod
    def queryset(cls):
        return Message.objects.filter(removed_at=None).select_related("room", "city")

    @classmethod
    def visible_to(cls, actor):
        return messages_visible_to(actor)

    @classmethod
    def document(cls, thing: Message) -> Entry:
        # A message may be in any language, or in one that nobody named: its room's then, which is the likeliest.
        language = thing.source_language or thing.room.title_language or CODES[0]
        first = thing.text.split("\n", 1)[0]
        title = first if len(first) <= TITLE_MOST else f"{first[: TITLE_MOST - 1].rstrip()}…"
        return Entry(
            kind=cls.kind,
            id=thing.pk,
            version=thing.version,
            source_language=language,
            texts={language: Text(title, thing.text)},
            audience=frozenset({f"room:{thing.room_id}"}),
            path=f"/rooms/{thing.room_id}/?at={thing.seq}",
            city=thing.city.slug if thing.city else "",
            at=thing.posted_at,
            states={language: state.ORIGINAL},
        )
