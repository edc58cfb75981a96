"""The demonstration network's documents, made from its texts: PDF, DOCX and ODT."""

import io
import zipfile
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

import typst

from alliance.languages.tongues import RIGHT_TO_LEFT

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
EPOCH = (2026, 9, 21, 9, 0, 0)


def paper(row: dict) -> tuple[str, str, bytes]:
    """A document of the data as a file: (name, media type, bytes). The same data gives the same bytes."""
    make, media_type = {"pdf": (_pdf, PDF), "docx": (_docx, DOCX), "odt": (_odt, ODT)}[row["format"]]
    return f"{row['key']}.{row['format']}", media_type, make(row)


def _lines(row: dict):
    """(kind, text): the title, then headings and paragraphs."""
    yield "title", row["title"]
    for section in row["sections"]:
        yield "heading", section["heading"]
        for paragraph in section["paragraphs"]:
            yield "paragraph", paragraph


def _pdf(row: dict) -> bytes:
    rtl = row["language"] in RIGHT_TO_LEFT
    words = {str(number): text for number, (_kind, text) in enumerate(_lines(row))}
    shapes = {
        "title": '#text(size: 20pt, weight: "bold")[{}]\n\n',
        "heading": '#v(6pt)\n#text(size: 14pt, weight: "bold")[{}]\n\n',
        "paragraph": "{}\n\n",
    }
    font = '("Amiri", "Noto Sans")' if rtl else '("Noto Sans", "Amiri")'
    source = f'#set page(paper: "a4", margin: 26mm)\n#set text(font: {font}, size: 11pt, lang: "{row["language"]}")\n'
    for number, (kind, _text) in enumerate(_lines(row)):
        source += shapes[kind].format(f'#sys.inputs.at("{number}")')
    return typst.compile(  # type: ignore[misc]
        source.encode(), sys_inputs=words, font_paths=_fonts(), ignore_system_fonts=True, timestamp=0
    )


@lru_cache(maxsize=1)
def _fonts() -> list[str]:
    return [str(Path(str(files(package))) / "files") for package in ("fontpkg_amiri", "fontpkg_noto_sans")]


def _zipped(parts: list[tuple[str, str]], stored: str = "") -> bytes:
    """A zip with fixed dates. `stored` names the part that must come uncompressed (ODF's mimetype)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts:
            method = zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, EPOCH), text, compress_type=method)
    return out.getvalue()


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def _docx(row: dict) -> bytes:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    rtl = "<w:bidi/>" if row["language"] in RIGHT_TO_LEFT else ""
    sizes = {"title": "40", "heading": "28", "paragraph": "22"}
    body = "".join(
        f'<w:p><w:pPr>{rtl}<w:spacing w:after="160"/></w:pPr><w:r><w:rPr>{"" if kind == "paragraph" else "<w:b/>"}'
        f'<w:sz w:val="{sizes[kind]}"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
        for kind, text in _lines(row)
    )
    types = (
        f'{XML}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'
    )
    relations = (
        f'{XML}<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Target="word/document.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    )
    document = f'{XML}<w:document xmlns:w="{w}"><w:body>{body}</w:body></w:document>'
    return _zipped([("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/document.xml", document)])


def _odt(row: dict) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    body = "".join(
        f"<text:p>{escape(text)}</text:p>"
        if kind == "paragraph"
        else f'<text:h text:outline-level="{1 if kind == "title" else 2}">{escape(text)}</text:h>'
        for kind, text in _lines(row)
    )
    content = (
        f'{XML}<office:document-content xmlns:office="{names}:office:1.0" xmlns:text="{names}:text:1.0" office:version="1.3">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    manifest = (
        f'{XML}<manifest:manifest xmlns:manifest="{names}:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return _zipped([("mimetype", ODT), ("content.xml", content), ("META-INF/manifest.xml", manifest)], stored="mimetype")
