"""Describing practices, handing them in, publishing, translating and taking them up."""

from collections.abc import Iterable, Mapping
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance import clock
from alliance.errors import Conflict, Invalid, Unknown
from alliance.languages import state
from alliance.languages.tongues import CODES
from alliance.ledger.actions import record
from alliance.policy import require
from alliance.search import thesaurus

from .. import events
from ..models import Practice, PracticeTarget, PracticeTheme, Transfer
from ..policies import practices as policies
from ..queries import targets as known_targets
from ..queries.practices import field_name, practices_visible_to
from ..words import checked
from .audience import read_audience, set_audience

State = Practice.State
LIMITS = {field: Practice._meta.get_field(field).max_length for field in Practice.TEXTS}
NEEDED = ("title", "summary", "context", "action", "results", "failed")  # before others may read it
LABELS_MOST = 20


@transaction.atomic
def draft(
    city_id: int, source_language: str, texts: Mapping, themes: Iterable[str] = (), targets: Iterable[str] = (),
    audience: Mapping | None = None, *, actor,
) -> Practice:  # fmt: skip
    """A city begins to describe a practice, in `source_language`. Raises Invalid, Forbidden."""
    require(policies.may_draft(actor, city_id))
    if source_language not in CODES:
        raise Invalid(_("We do not know this language."), field="source_language")
    words = _words(texts, title=True)
    practice = Practice(city_id=city_id, source_language=source_language, written_by=actor, written_at=clock.now())
    state.write(practice, source_language, words, origin=state.ORIGINAL)
    wanted = read_audience(audience, actor=actor)
    labels = _labels(themes, "themes"), _labels(targets, "targets")
    set_audience(practice, wanted)
    _set_labels(practice, *labels)
    record(events.PracticeDrafted(practice_id=practice.pk, city_id=city_id, language=source_language), actor=actor)
    return practice


@transaction.atomic
def edit(
    practice_id: int, *, texts: Mapping | None = None, themes: Iterable[str] | None = None,
    targets: Iterable[str] | None = None, audience: Mapping | None = None, version: int | None = None, actor,
) -> Practice:  # fmt: skip
    """Change some of a practice's words (in its source language), themes, targets or audience; what is not given stays.

    `version` is the one the writer began from: Conflict when somebody else has changed the practice since. Raises Invalid.
    """
    practice = _locked(practice_id, actor)
    require(policies.may_edit(actor, practice))
    if version is not None and version != practice.version:
        raise Conflict(
            _("Somebody else has changed this practice in the meantime. Please look at the new text, then save yours again."),
            field="version",
        )
    if practice.state == State.WITHDRAWN:
        raise Conflict(_("This practice was withdrawn."))
    words = _words(texts or {})
    changed = [field for field, text in words.items() if state.text_of(practice, field, practice.source_language) != text]
    state.write(practice, practice.source_language, words, origin=state.ORIGINAL)
    if practice.state in (State.SUBMITTED, State.PUBLISHED):
        _complete(practice)
    wanted = None
    if audience is not None:
        wanted = read_audience(audience, actor=actor)
        changed.append("audience")
    labels = _labels(themes, "themes"), _labels(targets, "targets")
    changed += _set_labels(practice, *labels)
    if not changed:
        return practice
    practice.version += 1
    if wanted:
        set_audience(practice, wanted)
    else:
        practice.save()
    record(events.PracticeEdited(practice_id=practice.pk, city_id=practice.city_id, fields=changed), actor=actor)
    return practice


@transaction.atomic
def submit(practice_id: int, *, actor) -> Practice:
    """The city hands a practice to the secretariat. Raises Invalid naming what is missing, Conflict."""
    practice = _locked(practice_id, actor)
    require(policies.may_edit(actor, practice))
    if practice.state in policies.STEPS["submit"][0]:
        _complete(practice)
    _step(practice, "submit", state_reason="")
    record(events.PracticeSubmitted(practice_id=practice.pk, city_id=practice.city_id), actor=actor)
    return practice


@transaction.atomic
def publish(practice_id: int, *, actor) -> Practice:
    """The secretariat publishes what a city submitted. Raises Conflict when it is not, or no longer, submitted."""
    practice = _locked(practice_id, actor)
    require(policies.may_review(actor))
    _step(practice, "publish", published_at=clock.now(), state_reason="")
    record(events.PracticePublished(practice_id=practice.pk, city_id=practice.city_id), actor=actor)
    return practice


@transaction.atomic
def give_back(practice_id: int, reason: str, *, actor) -> Practice:
    """The secretariat returns a practice to its city, saying what is to be mended."""
    practice = _locked(practice_id, actor)
    require(policies.may_review(actor))
    words = checked(reason, "reason", 4000, needed=True)
    _step(practice, "return", state_reason=words)
    record(events.PracticeReturned(practice_id=practice.pk, city_id=practice.city_id, reason=words), actor=actor)
    return practice


@transaction.atomic
def withdraw(practice_id: int, *, actor) -> Practice:
    """The city takes its practice back: others no longer see it."""
    practice = _locked(practice_id, actor)
    require(policies.may_edit(actor, practice))
    _step(practice, "withdraw")
    record(events.PracticeWithdrawn(practice_id=practice.pk, city_id=practice.city_id), actor=actor)
    return practice


@transaction.atomic
def translate(practice_id: int, language: str, texts: Mapping, *, origin: str = state.HUMAN, actor) -> Practice:
    """Put a practice into another language. What is not given stays, unless the label would then lie about it.

    `origin` is human, machine, or checked (a machine's text that a person has read). Raises Invalid; Conflict where a machine
    text would replace a human one, or the practice is withdrawn.
    """
    practice = _locked(practice_id, actor)
    require(policies.may_translate(actor, practice))
    if language not in CODES:
        raise Invalid(_("We do not know this language."), field="language")
    if language == practice.source_language:
        raise Invalid(
            _("This is the language that the practice was written in. Please edit the practice itself."), field="language"
        )
    if origin not in state.TRANSLATION_ORIGINS:
        raise Invalid(_("A translation is made by a person, by a machine, or by a machine and checked."), field="origin")
    if practice.state == State.WITHDRAWN:
        raise Conflict(_("This practice was withdrawn."))
    standing = practice.language_states.get(language, {})
    words = _words(texts, title=not standing)
    if origin == state.MACHINE and standing.get("origin") in (state.HUMAN, state.CHECKED):
        raise Conflict(_("A machine text never replaces a human one."))
    _whole(practice, language, words, origin)
    if not state.write(practice, language, words, origin=origin):
        return practice
    practice.version += 1
    practice.save()
    record(
        events.PracticeTranslated(practice_id=practice.pk, city_id=practice.city_id, language=language, origin=origin),
        actor=actor,
    )
    return practice


@transaction.atomic
def transfer(practice_id: int, city_id: int, note: str = "", *, language: str = "", actor) -> Transfer:
    """Another city took this practice up, and says in `note` what it changed. `language` is the note's; by default the reader's.

    Raises Invalid, Forbidden, Conflict: once for each city, and never one's own.
    """
    practice = _seen(practice_id, actor)
    require(policies.may_take_up(actor, city_id))
    if city_id == practice.city_id:
        raise Conflict(_("This is the city’s own practice. Only another city can take it up."), field="city")
    if practice.state != State.PUBLISHED:
        raise Conflict(_("Only a published practice can be taken up."))
    words = checked(note, "note", 2000)
    if language and language not in CODES:
        raise Invalid(_("We do not know this language."), field="language")
    try:
        with transaction.atomic():
            made = Transfer.objects.create(
                practice=practice, city_id=city_id, note=words, note_language=language or state.reader_language(), by=actor
            )
    except IntegrityError:
        raise Conflict(_("This city has taken up this practice already."), field="city") from None
    record(events.PracticeTransferred(practice_id=practice.pk, city_id=practice.city_id, by_city_id=city_id), actor=actor)
    return made


def _seen(practice_id: int, actor) -> Practice:
    practice = practices_visible_to(actor).filter(pk=practice_id).first()
    if practice is None:
        raise Unknown(_("There is no such practice."))
    return practice


def _locked(practice_id: int, actor) -> Practice:
    """The practice, if the actor may see it; nobody else changes it until the transaction ends."""
    practice = practices_visible_to(actor).filter(pk=practice_id).select_for_update(of=("self",), no_key=True).first()
    if practice is None:
        raise Unknown(_("There is no such practice."))
    return practice


def _step(practice: Practice, verb: str, **facts) -> None:
    """Compare and swap: who comes second is told what the practice has become."""
    before, after = policies.STEPS[verb]
    moved = Practice.objects.filter(pk=practice.pk, state__in=before).update(state=after, version=F("version") + 1, **facts)
    practice.refresh_from_db()
    if not moved:
        raise Conflict(_("This practice is %(state)s: nothing was changed.") % {"state": practice.get_state_display()})


def _words(texts: Mapping, *, title: bool = False) -> dict[str, str]:
    """The known texts that were given, checked; `title`: one must be among them."""
    if not isinstance(texts, Mapping):
        raise Invalid(_("The texts are given by name."), field="texts")
    unknown = [field for field in texts if field not in LIMITS]
    if unknown:
        raise Invalid(_("We do not know this field."), field=str(unknown[0])[:60])
    given = {"title": "", **texts} if title else texts
    return {
        field: checked(text, field, LIMITS[field], needed=field == "title", lines=field not in ("title", "summary"))
        for field, text in given.items()
    }


def _complete(practice: Practice) -> None:
    """Raises Invalid naming what others need to read and is not there."""
    missing = [field for field in NEEDED if not state.text_of(practice, field, practice.source_language)]
    if missing:
        names = ", ".join(str(field_name(field)) for field in missing)
        raise Invalid(_("Please also fill in: %(fields)s.") % {"fields": names}, fields=missing)


def _whole(practice: Practice, language: str, words: dict[str, str], origin: str) -> None:
    """A translation's label speaks of all of it: what another hand wrote, or before the source changed, must be given again."""
    standing = practice.language_states.get(language)
    if standing is None:
        return
    stale = standing.get("of", practice.wording) < practice.wording
    if not stale and origin in (standing.get("origin"), state.CHECKED):
        return
    left = [field for field in LIMITS if field not in words and state.text_of(practice, field, language)]
    if left:
        raise Invalid(
            _("Please send every text of this translation again: the others are out of date, or another’s work."), field=left[0]
        )


def _labels(given: Iterable[str] | None, name: str) -> list[str] | None:
    """Themes or targets, once each, all of them known; None when none were given."""
    if given is None:
        return None
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        raise Invalid(_("This is a list."), field=name)
    labels = list(dict.fromkeys(label if isinstance(label, str) else "" for label in islice(given, 200)))
    if len(labels) > LABELS_MOST:
        raise Invalid(_("Please choose at most %(most)s.") % {"most": LABELS_MOST}, field=name)
    is_known = thesaurus.concept if name == "themes" else known_targets.is_target
    for label in labels:
        if not is_known(label):
            raise Invalid(_("We do not know “%(label)s”.") % {"label": label[:60]}, field=name)
    return labels


def _set_labels(practice: Practice, themes: list[str] | None, targets: list[str] | None) -> list[str]:
    """Make the labels these (None leaves them). Returns which of the two lists changed."""
    changed = []
    for model, field, wanted in ((PracticeTheme, "theme", themes), (PracticeTarget, "target", targets)):
        if wanted is None:
            continue
        rows = model.objects.filter(practice=practice)
        if list(rows.order_by("pk").values_list(field, flat=True)) != wanted:
            rows.delete()
            model.objects.bulk_create([model(practice=practice, **{field: label}) for label in wanted])
            changed.append(f"{field}s")
    return changed
