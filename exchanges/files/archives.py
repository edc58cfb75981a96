"""Looking into ZIP files (every modern Office file is one) without unpacking them."""

import lzma
import struct
import zipfile
import zlib
from typing import BinaryIO

from django.utils.translation import gettext as _

from alliance.errors import Unacceptable

TAIL = 22 + 65535  # the end record and the longest comment behind it
DIRECTORY_MOST = 1 << 20  # bytes: a directory is read whole into memory, and 25 MB of it would be half a million entries
PEEK = 1 << 20
# What reading somebody else's archive may raise: zipfile lets its decompressors' own errors through.
FAULTS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, OSError, EOFError, ValueError,
    RuntimeError,
)  # fmt: skip
_END = b"PK\x05\x06"
_ODF = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"presentationml.presentation.main+xml": "pptx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
}


def has_directory(stream: BinaryIO) -> bool:
    """Whether a ZIP reader would find an archive in this file, wherever it begins."""
    return _end_record(stream) is not None


def office_kind(stream: BinaryIO) -> str | None:
    """docx, pptx, xlsx, odt, odp or ods; None for another archive. Raises Unacceptable: damaged, encrypted, with macros."""
    damaged = Unacceptable(_("This file is damaged: it cannot be opened."), field="file")
    end = _end_record(stream)
    if end is None or end[0] > DIRECTORY_MOST:
        raise damaged
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 0x1 for entry in entries):
                raise Unacceptable(_("This file is protected by a password. Please share it without one."), field="file")
            # Bytes before the first entry would make it a second file for another reader.
            if not entries or min(entry.header_offset for entry in entries) != 0:
                raise damaged
            if _has_macros(entries):
                raise Unacceptable(_("This file holds macros, which are programs. Please save it without them."), field="file")
            return _kind(archive)
    except FAULTS as error:
        raise damaged from error


def _end_record(stream: BinaryIO) -> tuple[int, int] | None:
    """(size of the directory, its offset) as the end record says; None when there is none, or only a ZIP64 one."""
    stream.seek(0, 2)
    length = stream.tell()
    stream.seek(max(0, length - TAIL))
    tail = stream.read(TAIL)
    stream.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        return None
    size, offset = struct.unpack("<2L", tail[at + 12 : at + 20])
    if 0xFFFFFFFF in (size, offset):
        return None
    return size, offset


def _has_macros(entries: list[zipfile.ZipInfo]) -> bool:
    names = [entry.filename.lower().replace("\\", "/") for entry in entries]
    return any(
        name.endswith(("vbaproject.bin", "vbadata.xml")) or name.startswith(("basic/", "scripts/")) or "/activex/" in name
        for name in names
    )


def _kind(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    if "mimetype" in names:
        if "META-INF/manifest.xml" in names and b":encryption-data" in _peek(archive, "META-INF/manifest.xml"):
            raise Unacceptable(_("This file is protected by a password. Please share it without one."), field="file")
        media_type = _peek(archive, "mimetype")[:100].strip().decode("ascii", "replace")
        return _ODF.get(media_type) if "content.xml" in names else None
    if "[Content_Types].xml" in names:
        types = _peek(archive, "[Content_Types].xml")
        if b"macroEnabled" in types or b"vbaProject" in types:
            raise Unacceptable(_("This file holds macros, which are programs. Please save it without them."), field="file")
        return next((key for part, key in _MAIN_PARTS.items() if part in types), None)
    return None


def _peek(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(PEEK)
