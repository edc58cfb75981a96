"""The catalogues of the interface: gathered from the code, kept complete, compiled; with Babel alone, no gettext of the system.

Messages are English sentences in the code. `frontend/locale/<language>/LC_MESSAGES/django.po` holds each of the seven languages,
English too, so that no plural form is left to chance.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from .tongues import CODES

ROOTS = ("alliance", "members", "exchanges", "api", "frontend")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]")


def path_of(language: str) -> Path:
    """Where a language's catalogue is."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def gathered() -> Catalog:
    """Every message of the code and the templates."""
    catalog = Catalog(charset="utf-8")
    root = Path(settings.BASE_DIR)
    for top in ROOTS:
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".py", ".html", ".txt", ".xml") and "migrations" not in path.parts and path.is_file():
                for context, message in _messages(path):
                    catalog.add(message, locations=[(path.relative_to(root).as_posix(), 0)], context=context)
    return catalog


def _messages(path: Path) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    text = path.read_text()
    if path.suffix != ".py":
        if "templates" not in path.parts:
            return
        # Django turns a template into calls of gettext; without its indentation Babel can read them as Python.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    found = extract("python", io.BytesIO(text.encode()), KEYWORDS, options={"encoding": "utf-8"})
    for _line, message, _comments, context in found:
        yield context, message


def read(language: str) -> Catalog:
    """A language's catalogue as it is kept; empty when there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", project="alliance", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Bring every catalogue level with the code: new messages come in empty, gone ones go. English fills itself."""
    template = gathered()
    for language in CODES:
        kept = read(language)
        fresh = Catalog(locale=language, charset="utf-8", project="alliance", fuzzy=False)
        for message in template:
            if message.id:
                known = kept.get(message.id, context=message.context)
                said = known.string if known is not None and not known.fuzzy else None
                fresh.add(
                    message.id, said or _own(message, language, fresh), locations=message.locations, context=message.context
                )
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        with path_of(language).open("wb") as file:
            write_po(file, fresh, width=0, omit_header=False, sort_output=True, include_lineno=False, ignore_obsolete=True)


def _own(message: Message, language: str, catalog: Catalog):
    if language == "en":
        return message.id
    return ("",) * catalog.num_plurals if message.pluralizable else ""


def compile_changed() -> list[str]:
    """Compile what is newer than its .mo. Returns the languages that were compiled."""
    compiled = []
    for language in CODES:
        source = path_of(language)
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            fresh = target.with_suffix(".new")
            with fresh.open("wb") as file:
                write_mo(file, read(language))
            fresh.replace(target)
            compiled.append(language)
    return compiled


def faults() -> list[str]:
    """What is wrong with the catalogues, a sentence each: missing or surplus messages, empty ones, plural forms, placeholders,
    and English that says something else than the code does."""
    template = gathered()
    wanted = {(message.context, message.id) for message in template if message.id}
    found = []
    for language in CODES:
        catalog = read(language)
        kept = {(message.context, message.id): message for message in catalog if message.id}
        found += [f"{language}: not in the catalogue: {key[1]!r}" for key in sorted(wanted - set(kept), key=str)]
        found += [f"{language}: no longer in the code: {key[1]!r}" for key in sorted(set(kept) - wanted, key=str)]
        for message in kept.values():
            found += [f"{language}: {fault}: {message.id!r}" for fault in _faults_of(message, catalog.num_plurals)]
        if language == "en":
            found += [f"en: not as in the code: {message.id!r}" for message in kept.values() if not _as_in_the_code(message)]
    return found


def _as_in_the_code(message: Message) -> bool:
    said = message.string if message.pluralizable else (message.string,)
    return tuple(said or ()) == (message.id if isinstance(message.id, tuple) else (message.id,))


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    if message.fuzzy:
        yield "marked fuzzy"
    if not all(strings):
        yield "untranslated"
        return
    if message.pluralizable and len(strings) != plurals:
        yield f"{len(strings)} plural forms of {plurals}"
    allowed = set().union(*(PLACE.findall(text) for text in ids))
    needed = set(PLACE.findall(ids[-1])) if not message.pluralizable else set()
    for string in strings:
        places = set(PLACE.findall(string or ""))
        if places - allowed or needed - places:
            yield "placeholders differ"
