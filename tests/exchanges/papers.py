"""Files for trials: honest ones, and those that people send who mean harm."""

import io
import struct
import zipfile
import zlib

import docx
from django.core.files.storage import default_storage

from alliance.founding.papers import paper

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{main}.main+xml"/></Types>'
)
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">L", 13) + b"IHDR" + struct.pack(">LLBBBBB", 1, 1, 8, 0, 0, 0, 0) + b"\0\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200) + b"\xff\xd9"
WEBP = b"RIFF" + struct.pack("<L", 20) + b"WEBPVP8 " + bytes(12)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def packed(files: dict[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def made(extension: str, title: str, *paragraphs: str, language: str = "fr") -> bytes:
    """A file as the demonstration network makes them: pdf, docx or odt."""
    sections = [{"heading": title, "paragraphs": list(paragraphs)}]
    return paper({"key": "x", "format": extension, "language": language, "title": title, "sections": sections})[2]


def word(*paragraphs: str) -> bytes:
    """A Word document, as Word's own library writes it."""
    paper = docx.Document()
    for paragraph in paragraphs:
        paper.add_paragraph(paragraph)
    made = io.BytesIO()
    paper.save(made)
    return made.getvalue()


def odt(body: str, *, media_type: str = "application/vnd.oasis.opendocument.text", **more: bytes) -> bytes:
    """An OpenDocument file; `body` is XML inside office:text."""
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return packed({"mimetype": media_type, "content.xml": content, **more})


def office(part: str, main: str, files: dict[str, str]) -> bytes:
    """An Office Open XML file with these parts."""
    return packed({"[Content_Types].xml": TYPES.format(part=part, main=main), **files})


def pptx(*slides: str) -> bytes:
    parts = {
        f"ppt/slides/slide{number}.xml": f'<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>'
        for number, text in enumerate(slides, start=1)
    }
    return office("ppt/presentation.xml", "presentationml.presentation", {"ppt/presentation.xml": "<p/>", **parts})


def bombed_docx(size: int) -> bytes:
    """A Word document whose text is `size` spaces: small when packed, and valid."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(part="word/document.xml", main="wordprocessingml.document"))
        with archive.open("word/document.xml", "w") as part:
            part.write(b'<w:document xmlns:w="w"><w:p><w:t>')
            for _block in range(size >> 20):
                part.write(b" " * (1 << 20))
            part.write(b"</w:t></w:p></w:document>")
    return made.getvalue()


def crowded_zip(entries: int) -> bytes:
    """A docx with a directory of very many entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(part="word/document.xml", main="wordprocessingml.document"))
        for number in range(entries):
            archive.writestr(f"word/media/{number}.bin", b"")
    return made.getvalue()


def encrypted(archive: bytes) -> bytes:
    """The archive with the flag that says its entries are encrypted."""
    changed = bytearray(archive)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(signature)
        while place >= 0:
            changed[place + at] |= 1
            place = changed.find(signature, place + 4)
    return bytes(changed)


def looping_pdf() -> bytes:
    """A PDF whose page tree contains itself."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 3/Kids[2 0 R 2 0 R 2 0 R]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )


def deflated_pdf_bomb(size: int) -> bytes:
    """A PDF whose page content unpacks to `size` bytes."""
    stream = zlib.compress(b" " * size, 9)
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n4 0 obj<</Filter/FlateDecode/Length "
        + str(len(stream)).encode() + b">>stream\n" + stream + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )  # fmt: skip


def stored() -> list[str]:
    """The names of all files in the store."""
    try:
        folders = default_storage.listdir("documents")[0]
    except FileNotFoundError:
        return []
    return [f"documents/{folder}/{name}" for folder in folders for name in default_storage.listdir(f"documents/{folder}")[1]]
