"""Reads the text of one file, in a process of its own: `python -I reader.py KIND PATH` prints JSON and ends.

It runs on what strangers send, with little memory and time, and imports nothing of the house. It prints
{"text": "…", "pages": 3} or {"fault": "unreadable"}; when it prints neither, the file has brought it down.
"""

import contextlib
import json
import re
import resource
import sys
import time
import zipfile
from xml.sax.handler import ContentHandler

from defusedxml.sax import make_parser

MEMORY = 1 << 30  # bytes of address space: Python and PDFium need a quarter of it
CPU = 30  # seconds
PRINTED_MOST = 8 << 20  # bytes
TEXT_MOST = 400_000  # characters kept
PATIENCE = 15  # seconds of reading; what was read by then is kept
UNPACKED_MOST = 200 << 20
PART_MOST = 60 << 20
ENTRIES_MOST = 10_000
PARTS = {
    "docx": r"word/(document|footnotes|endnotes)\.xml",
    "pptx": r"ppt/(slides/slide|notesSlides/notesSlide)\d+\.xml",
    "xlsx": r"xl/sharedStrings\.xml",
    "odt": r"content\.xml",
    "odp": r"content\.xml",
    "ods": r"content\.xml",
}
WORDY = (frozenset({"p", "h"}), frozenset({"t"}))  # the elements that hold words: OpenDocument, Office Open XML
ENDS = {"p", "h", "si", "tc", "table-cell"}  # paragraphs, headings and cells end a line
GAPS = {"br": "\n", "line-break": "\n", "tab": " ", "s": " ", "cr": "\n"}


class Enough(Exception):
    """As much was read as is kept."""


class Fault(Exception):
    """The file cannot be read, for the reason given."""


def limit() -> None:
    """From here on, whatever the file does to us, it does to this process alone."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU), (resource.RLIMIT_FSIZE, PRINTED_MOST)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(kind: str, path: str) -> dict:
    """The text of a file of this kind, and its pages where it has such."""
    text, pages = _pdf(path) if kind == "pdf" else _office(kind, path)
    return {"text": tidy(text), "pages": pages}


def tidy(text: str) -> str:
    """Without what a database or a reader stumbles over; PDFium marks a hyphen at a line's end by U+FFFE or U+0002."""
    text = re.sub("[\ufffe\x02]\r?\n?", "", text).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", text)
    text = re.sub(r"[ \t\f]+", " ", text)
    return re.sub(r" ?\n[ \n]*\n", "\n\n", text).strip()[:TEXT_MOST]


def _pdf(path: str) -> tuple[str, int]:
    import pypdfium2

    until = time.monotonic() + PATIENCE
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise Fault("unreadable") from None
    count, texts, length = len(document), [], 0
    if not count:
        raise Fault("unreadable")
    for number in range(count):
        try:
            page = document[number].get_textpage()
            texts.append(page.get_text_range())
        except pypdfium2.PdfiumError:
            continue  # one broken page does not hide the others
        length += len(texts[-1])
        if length > TEXT_MOST or time.monotonic() > until:
            break
    return "\n\n".join(texts), count


def _office(kind: str, path: str) -> tuple[str, int | None]:
    words = _Words(WORDY[kind[0] != "o"])
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        # Declared sizes bind: zipfile gives no byte more than an entry declares.
        if len(entries) > ENTRIES_MOST or sum(entry.file_size for entry in entries) > UNPACKED_MOST:
            raise Fault("too_large_unpacked")
        wanted = [entry for entry in entries if re.fullmatch(PARTS[kind], entry.filename)]
        if any(entry.file_size > PART_MOST for entry in wanted):
            raise Fault("too_large_unpacked")
        if not wanted and kind != "xlsx":
            raise Fault("unreadable")
        wanted.sort(key=lambda entry: [int(number) for number in re.findall(r"\d+", entry.filename)])
        with contextlib.suppress(Enough):
            for entry in wanted:
                words.read(archive, entry)
    slides = sum(entry.filename.startswith("ppt/slides/") for entry in wanted)
    return "".join(words.pieces), slides if kind == "pptx" else None


class _Words(ContentHandler):
    """Collects what stands inside the elements that hold words, in its order, until there is enough of it."""

    def __init__(self, wordy: frozenset[str]):
        super().__init__()
        self.wordy, self.inside, self.length, self.pieces = wordy, 0, 0, list[str]()
        self.until = time.monotonic() + PATIENCE

    def read(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        parser = make_parser()
        parser.forbid_dtd = True
        parser.setContentHandler(self)
        self.inside = 0
        with archive.open(entry) as part:
            while chunk := part.read(1 << 16):
                parser.feed(chunk)
                if time.monotonic() > self.until:
                    raise Enough
        parser.close()
        self.pieces.append("\n\n")

    def startElement(self, name, attrs):
        name = name.rsplit(":", 1)[-1]
        self.inside += name in self.wordy
        if name in GAPS:
            self.pieces.append(GAPS[name])

    def endElement(self, name):
        name = name.rsplit(":", 1)[-1]
        self.inside -= name in self.wordy
        if name in ENDS:
            self.pieces.append("\n")

    def characters(self, content):
        if self.inside:
            self.pieces.append(content)
            self.length += len(content)
            if self.length > TEXT_MOST:
                raise Enough


def main() -> None:
    limit()
    kind, path = sys.argv[1:3]
    try:
        found = read(kind, path)
    except Fault as fault:
        found = {"fault": str(fault)}
    except MemoryError:
        found = {"fault": "too_large_unpacked"}
    except Exception:
        # Whatever a stranger's file makes the parsers raise, it means the same.
        found = {"fault": "unreadable"}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
