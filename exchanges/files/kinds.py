"""Which kinds of files may be shared. A file is what its content says; its name has to agree."""

import codecs
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.errors import Unacceptable

from . import archives, names


@dataclass(frozen=True)
class Kind:
    """`title` is what people call it; a nameless file is given the first of `extensions`; a browser may show it if `inline`."""

    key: str
    title: Any
    media_type: str
    extensions: tuple[str, ...]
    inline: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
KINDS = {
    kind.key: kind
    for kind in (
        Kind("pdf", gettext_lazy("a PDF document"), "application/pdf", (".pdf",), inline=True),
        Kind("docx", gettext_lazy("a Word document"), f"{_OFFICE}.wordprocessingml.document", (".docx",)),
        Kind("pptx", gettext_lazy("a PowerPoint presentation"), f"{_OFFICE}.presentationml.presentation", (".pptx",)),
        Kind("xlsx", gettext_lazy("an Excel workbook"), f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",)),
        Kind("odt", gettext_lazy("an OpenDocument text"), f"{_ODF}.text", (".odt",)),
        Kind("odp", gettext_lazy("an OpenDocument presentation"), f"{_ODF}.presentation", (".odp",)),
        Kind("ods", gettext_lazy("an OpenDocument spreadsheet"), f"{_ODF}.spreadsheet", (".ods",)),
        Kind("txt", gettext_lazy("a plain text"), "text/plain", (".txt", ".text")),
        Kind("md", gettext_lazy("a Markdown text"), "text/markdown", (".md", ".markdown")),
        Kind("csv", gettext_lazy("a table in plain text (CSV)"), "text/csv", (".csv",)),
        Kind("png", gettext_lazy("a PNG picture"), "image/png", (".png",), inline=True),
        Kind("jpeg", gettext_lazy("a JPEG picture"), "image/jpeg", (".jpg", ".jpeg"), inline=True),
        Kind("webp", gettext_lazy("a WebP picture"), "image/webp", (".webp",), inline=True),
    )
}
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS.values()}
TEXTS = ("txt", "md", "csv")
HEAD = 4096
# What is never shared, by its first bytes, and the sentence that says so.
_PROGRAM = gettext_lazy("This file is a program. Programs cannot be shared here.")
_PACKED = gettext_lazy("This is an archive of files. Please share the files one by one.")
_OLD = gettext_lazy("This is an old Office file, or one protected by a password. Please save it as DOCX, PPTX, XLSX or PDF.")
_PAGE = gettext_lazy("This is a web page or a drawing that may hold programs. Please save it as PDF.")
_RICH = gettext_lazy("This is an RTF text. Please save it as DOCX, ODT or PDF.")
_BINARY: tuple[tuple[bytes, Any], ...] = (
    (b"MZ", _PROGRAM), (b"\x7fELF", _PROGRAM), (b"\xca\xfe\xba\xbe", _PROGRAM), (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\xce\xfa\xed\xfe", _PROGRAM), (b"\xfe\xed\xfa\xce", _PROGRAM), (b"\xfe\xed\xfa\xcf", _PROGRAM),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD), (b"{\\rtf", _RICH),
    (b"\x1f\x8b", _PACKED), (b"BZh", _PACKED), (b"7z\xbc\xaf\x27\x1c", _PACKED), (b"Rar!", _PACKED), (b"\xfd7zXZ", _PACKED),
)  # fmt: skip
_WRITTEN: tuple[tuple[bytes, Any], ...] = (
    (b"#!/", _PROGRAM), (b"{\\rtf", _RICH),
    *((beginning, _PAGE) for beginning in (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<?php", b"<script", b"<head", b"<body")),
)  # fmt: skip


def kind_of(stream: BinaryIO, filename: str) -> Kind:
    """What the file is, by its content. `stream` is seekable and comes back at its beginning.

    Raises Unacceptable, with a sentence, for what may not be shared and for a name that says something else.
    """
    head = _head(stream)
    if not head:
        raise Unacceptable(_("This file is empty."), field="file")
    extension = names.split(filename)[1]
    key = _key_of(stream, head, extension)
    stream.seek(0)
    if key is None:
        raise Unacceptable(
            _("We do not know this kind of file. You can share PDF, DOCX, PPTX, XLSX, ODT, ODP, ODS, text, PNG, JPEG and WebP."),
            field="file",
        )
    kind = KINDS[key]
    if extension and extension not in kind.extensions:
        raise Unacceptable(
            _("The name ends in “%(extension)s”, but this is %(kind)s. Please give the file its right name.")
            % {"extension": extension, "kind": kind.title},
            field="file",
        )
    return kind


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    return head


def _key_of(stream: BinaryIO, head: bytes, extension: str) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        key = archives.office_kind(stream)
        if key is None:
            raise Unacceptable(_PACKED, field="file")
        return key
    if key := _by_signature(head):
        if archives.has_directory(stream):
            # A picture or PDF with a ZIP behind it is read as one thing here and as another elsewhere.
            raise Unacceptable(_("This file is two files in one. Please save it anew."), field="file")
        return key
    if not _is_text(stream):
        _refuse(_BINARY, head)
        return None
    _refuse(_WRITTEN, head.removeprefix(codecs.BOM_UTF8).lstrip().lower())
    return next((text for text in TEXTS if extension in KINDS[text].extensions), "txt")


def _refuse(beginnings: tuple[tuple[bytes, Any], ...], head: bytes) -> None:
    for beginning, sentence in beginnings:
        if head.startswith(beginning):
            raise Unacceptable(sentence, field="file")


def _by_signature(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    return None


def _is_text(stream: BinaryIO) -> bool:
    """UTF-8 to the last byte, without control characters other than tab, line ends and form feed."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    allowed = {"\t", "\n", "\r", "\f"}
    try:
        while chunk := stream.read(1 << 16):
            if any(mark < " " and mark not in allowed for mark in set(decoder.decode(chunk))):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
