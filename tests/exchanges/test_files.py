"""Files of strangers: told apart by content, read by a child that may die, never trusted by their name."""

import io
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from alliance.errors import Unacceptable, Unavailable
from exchanges.files import names, scanner, text
from exchanges.files.kinds import KINDS, kind_of
from exchanges.files.names import clean_name
from tests.proxy import Proxy

from . import papers


def told(content: bytes, name: str) -> str:
    return kind_of(io.BytesIO(content), name).key


HONEST = {
    "plan.pdf": lambda: papers.made("pdf", "Plan", "Des arbres."),
    "plan.docx": lambda: papers.word("Des arbres."),
    "demo.docx": lambda: papers.made("docx", "Plan", "Des arbres."),
    "plan.odt": lambda: papers.odt("<text:p>Des arbres.</text:p>"),
    "demo.odt": lambda: papers.made("odt", "Plan", "Des arbres."),
    "plan.odp": lambda: papers.odt("", media_type="application/vnd.oasis.opendocument.presentation"),
    "plan.ods": lambda: papers.odt("", media_type="application/vnd.oasis.opendocument.spreadsheet"),
    "plan.pptx": lambda: papers.pptx("Des arbres."),
    "plan.xlsx": lambda: papers.office("xl/workbook.xml", "spreadsheetml.sheet", {"xl/workbook.xml": "<w/>"}),
    "plan.txt": lambda: "Des arbres, et l’été.\r\n\tMerci.\f".encode(),
    "plan.md": lambda: "# Été\n\n<div>bien</div>".encode(),
    "plan.csv": lambda: "ville;arbres\nLyon;12".encode("utf-8-sig"),
    "plan.png": lambda: papers.PNG,
    "plan.jpg": lambda: papers.JPEG,
    "plan.JPEG": lambda: papers.JPEG,
    "plan.webp": lambda: papers.WEBP,
}


@pytest.mark.parametrize("name", list(HONEST))
def test_an_honest_file_is_known_for_what_it_is(name):
    content = HONEST[name]()
    kind = KINDS[told(content, name)]
    assert name.rsplit(".", 1)[1].lower() in [extension[1:] for extension in kind.extensions]
    assert told(content, "nameless" if kind.key not in ("md", "csv") else name) == kind.key


REFUSED = {
    "empty": (b"", "plan.pdf", "empty"),
    "a program": (b"MZ\x90\x00\x03" + bytes(200), "plan.pdf", "program"),
    "a linux program": (b"\x7fELF\x02\x01" + bytes(200), "plan.txt", "program"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "plan.txt", "program"),
    "a page": (b"\xef\xbb\xbf\n <!DOCTYPE html><script>alert(1)</script>", "plan.txt", "web page"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "plan.png", "web page"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "plan.doc", "old Office"),
    "gzip": (b"\x1f\x8b\x08" + bytes(100), "plan.pdf", "archive"),
    "an archive": (papers.packed({"a.txt": b"x"}), "plan.zip", "archive"),
    "an archive as docx": (papers.packed({"a.txt": b"x", "b/c.xml": "<a/>"}), "plan.docx", "archive"),
    "noise": (bytes(range(256)) * 8, "plan.pdf", "do not know"),
    "latin-1": ("été".encode("latin-1"), "plan.txt", "do not know"),
    "text with NUL": (b"abc\x00def", "plan.txt", "do not know"),
    "text as pdf": (b"Trees and gates.", "plan.pdf", "“.pdf”"),
    "word as pdf": (papers.word("x"), "plan.pdf", "a Word document"),
    "pdf as word": (b"%PDF-1.7\n" + b"x" * 100, "plan.docx", "a PDF document"),
    "picture as picture": (papers.PNG, "plan.jpg", "a PNG picture"),
    "program by name": (papers.PNG, "plan.png.exe", "“.exe”"),
    "no zip inside": (b"PK\x03\x04" + bytes(300), "plan.docx", "damaged"),
    "cut in half": (papers.word("x")[:4000], "plan.docx", "damaged"),
    "before the archive": (b"PK\x03\x04" + bytes(64) + papers.word("x"), "plan.docx", "damaged"),
    "password": (papers.encrypted(papers.word("x")), "plan.docx", "password"),
    "odt password": (
        papers.odt("", **{"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "plan.odt", "password"
    ),
    "macros": (papers.office("word/document.xml", "wordprocessingml.document", {"word/vbaProject.bin": "x"}), "plan.docx", "macros"),
    "odt macros": (papers.odt("", **{"Basic/Standard/Module1.xml": b"x"}), "plan.odt", "macros"),
    "a word document with macros by name": (
        papers.packed({
            "[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml",
            "word/document.xml": "<w/>", "word/vbaProject.bin": "x",
        }), "plan.docm", "macros"
    ),
    "macro type": (
        papers.packed({"[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"}), "plan.docx", "macros"
    ),
    "pdf and zip": (b"%PDF-1.7\n" + b"x" * 100 + papers.packed({"a.exe": b"MZ"}), "plan.pdf", "two files in one"),
    "picture and zip": (papers.JPEG + papers.packed({"a.html": b"<script>"}), "plan.jpg", "two files in one"),
    "twenty thousand entries": (papers.crowded_zip(20_000), "plan.docx", "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(REFUSED))
def test_a_dishonest_file_is_refused_in_a_sentence(case):
    content, name, word = REFUSED[case]
    began = time.process_time()  # what it costs, and not how long others keep the processor
    with pytest.raises(Unacceptable) as refusal:
        told(content, name)
    assert word in str(refusal.value.reason)
    assert refusal.value.field == "file"
    assert time.process_time() - began < 2


def test_a_bomb_costs_nothing_to_look_at():
    bomb = papers.bombed_docx(300 << 20)
    began = time.process_time()
    assert told(bomb, "plan.docx") == "docx"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("Plan d’été – 2026.PDF", "Plan d’été – 2026.pdf"),
        ("خطة.pdf", "خطة.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ("plan\x00.pdf", "plan.pdf"),
        ("pl\nan\r\n\t.pdf", "plan.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066plan\u2069.pdf", "plan.pdf"),
        ("plan\ud800.pdf", "plan.pdf"),
        ('plan";filename=x.exe', 'plan";filename=x.exe'),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("plan.pdf   ", "plan.pdf"),
        ("x" * 5000 + ".pdf", "x" * 116 + ".pdf"),
        ("plan." + "y" * 5000, "plan." + "y" * 115),
    ],
)
def test_a_name_is_made_harmless(given, kept):
    assert clean_name(given) == kept
    assert len(kept) <= names.MOST


# --- Reading -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def read(tmp_path):
    def reading(kind: str, content: bytes) -> text.Reading:
        path = tmp_path / "given"
        path.write_bytes(content)
        return text.read(kind, path)

    return reading


def test_a_pdf_is_read_page_by_page(read):
    reading = read("pdf", papers.made("pdf", "Cours d’école", "Des arbres, œuvre d’été.", "Deuxième ligne."))
    assert "Des arbres, œuvre d’été." in reading.text and "Deuxième ligne." in reading.text
    assert (reading.pages, reading.fault) == (1, "")


def test_arabic_comes_out_of_a_pdf_in_reading_order(read):
    words = "ساحات المدارس مفتوحة مساء لجميع السكان"
    found = read("pdf", papers.made("pdf", "ساحات المدارس", words, language="ar")).text
    assert "المدارس" in found
    assert found.index("المدارس") < found.index("مفتوحة") < found.index("السكان")


@pytest.mark.parametrize(
    "content", [papers.made("docx", "Plan", "Des arbres <&>.", "L’été."), papers.word("Plan", "Des arbres <&>.", "L’été.")]
)
def test_a_word_document_is_read(read, content):
    reading = read("docx", content)
    assert [line for line in reading.text.splitlines() if line][-2:] == ["Des arbres <&>.", "L’été."]


def test_text_keeps_its_order_around_its_parts(read):
    body = "<text:h>Plan</text:h><text:p>Des <text:span>arbres<text:s/>verts</text:span>, enfin.</text:p>"
    assert read("odt", papers.odt(body)).text == "Plan\nDes arbres verts, enfin."
    assert "Des arbres." in read("odt", papers.made("odt", "Plan", "Des arbres.")).text


def test_slides_are_read_in_their_order(read):
    reading = read("pptx", papers.pptx(*(f"Nummer {number}" for number in range(1, 13))))
    assert reading.text.split()[:6] == ["Nummer", "1", "Nummer", "2", "Nummer", "3"]
    assert reading.text.index("Nummer 9") < reading.text.index("Nummer 10")
    assert reading.pages == 12


def test_plain_texts_and_pictures_need_no_child(read):
    assert read("txt", "\ufeffÉté\x0c\x00 fin".encode()).text == "Été fin"
    assert read("png", papers.PNG) == text.Reading()


FAULTY = {
    "pdf in name only": ("pdf", lambda: b"%PDF-1.7\nnothing of a PDF here", "unreadable"),
    "pdf cut": ("pdf", lambda: papers.made("pdf", "Plan", "x")[:600], "unreadable"),
    "pdf that contains itself": ("pdf", papers.looping_pdf, None),
    "pdf bomb": ("pdf", lambda: papers.deflated_pdf_bomb(600 << 20), None),
    "word without words": ("docx", lambda: papers.packed({"[Content_Types].xml": "<x/>"}), "unreadable"),
    "broken xml": ("odt", lambda: papers.odt("<text:p>never closed"), "unreadable"),
    "bomb": ("docx", lambda: papers.bombed_docx(300 << 20), "too_large_unpacked"),
    "bomb in one part": ("docx", lambda: papers.bombed_docx(100 << 20), "too_large_unpacked"),
    "entities": (
        "odt",
        lambda: papers.packed({
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
        }),
        "unreadable",
    ),
    "outer entity": (
        "odt",
        lambda: papers.packed({
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x><p>&a;</p></x>',
        }),
        "unreadable",
    ),
    "deep": ("odt", lambda: papers.odt("<text:p>" * 300_000 + "x" + "</text:p>" * 300_000), None),
}  # fmt: skip


@pytest.mark.parametrize("case", list(FAULTY))
def test_a_hostile_file_brings_nobody_down(read, case):
    kind, make, fault = FAULTY[case]
    content = make()
    began = time.monotonic()
    reading = read(kind, content)
    assert time.monotonic() - began < text.TIMEOUT + 15
    if fault:
        assert (reading.fault, reading.text) == (fault, "")
    assert "root:" not in reading.text


def test_the_child_may_not_grow_nor_run_for_ever(tmp_path, monkeypatch):
    """The limits hold: a reader that wants three gigabytes, and one that never ends, are both gone in time."""
    source = Path(text.reader.__file__).read_text()
    for number, body in enumerate(("x = bytearray(3 << 30)", "while True: pass", "print('x' * (30 << 20))")):
        greedy = tmp_path / f"greedy{number}.py"
        greedy.write_text(source.replace("    kind, path = sys.argv[1:3]\n", f"    {body}\n    kind, path = sys.argv[1:3]\n"))
        monkeypatch.setattr(text.reader, "__file__", str(greedy))
        monkeypatch.setattr(text, "TIMEOUT", 4)
        (tmp_path / "given").write_bytes(b"%PDF-")
        began = time.monotonic()
        assert text.read("pdf", tmp_path / "given").fault == "unreadable"
        assert time.monotonic() - began < 4 + 15  # and not for ever


def test_a_long_text_is_cut(read):
    reading = read("docx", papers.word(*["mot " * 2000] * 80))
    assert 300_000 < len(reading.text) <= text.reader.TEXT_MOST


# --- The virus scanner -------------------------------------------------------------------------------------------------


class Scanner(threading.Thread):
    """A clamd for one connection: it takes a whole INSTREAM and answers what it is told to, or stays silent."""

    def __init__(self, answer: bytes | None, *, hang_up_after: int | None = None):
        super().__init__(daemon=True)
        self.answer, self.hang_up_after, self.heard = answer, hang_up_after, b""
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self.door.getsockname()[1]}"
        self.done = threading.Event()

    def run(self):
        line, _address = self.door.accept()
        with line, self.door:
            with line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                while size := int.from_bytes(stream.read(4)):
                    self.heard += stream.read(size)
                    if self.hang_up_after is not None and len(self.heard) > self.hang_up_after:
                        break
            if self.answer is None:
                self.done.wait(20)
            else:
                line.sendall(self.answer)


@pytest.fixture
def scanner_that(monkeypatch):
    monkeypatch.setattr(scanner, "PATIENCE", 1.0)
    started = []

    def start(answer, **how):
        started.append(Scanner(answer, **how))
        started[-1].start()
        return started[-1]

    yield start
    for thread in started:
        thread.done.set()


def test_the_scanners_verdict_is_believed(scanner_that):
    content = os.urandom(700_000)
    clean = scanner_that(b"stream: OK\0")
    assert scanner.virus_in(io.BytesIO(content), clean.url) == ""
    assert clean.heard == content
    found = scanner_that(b"stream: Eicar-Signature FOUND\0")
    assert scanner.virus_in(io.BytesIO(papers.EICAR), found.url) == "Eicar-Signature"


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OKAY\0", b"\xff\xfe\0", b"stream: ERROR\0", None]
)
def test_no_verdict_is_not_a_good_one(scanner_that, answer):
    with pytest.raises(Unavailable) as refusal:
        scanner.virus_in(io.BytesIO(b"x" * 500), scanner_that(answer).url)
    assert refusal.value.part == "scanner"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"INSTREAM size limit exceeded. ERROR\0", "Set StreamMaxLength to 25M or more in clamd.conf"),
        (b"", "hung up before it gave its verdict"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "what answers is not clamd"),
        (None, "does not answer (timed out)"),
    ],
)
def test_the_log_says_once_why_files_wait_and_what_to_do(scanner_that, caplog, answer, told):
    scanner.virus_in(io.BytesIO(b"x"), scanner_that(b"stream: OK\0").url)
    for _again in range(2):
        with pytest.raises(Unavailable):
            scanner.virus_in(io.BytesIO(b"x" * 500), scanner_that(answer).url)
    (said,) = [record.getMessage() for record in caplog.records if record.name == "alliance.files"]
    assert said.startswith("CLAMD_URL: ") and told in said and said.endswith(". Files wait until they were checked.")
    assert without_traceback(caplog)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("tcp://127.0.0.1:1", "connection refused"),
        ("unix:///nowhere/clamd.sock", "no such file or directory"),
        ("http://127.0.0.1:1", "it is written tcp://host:port or unix:///path"),
    ],
)
def test_a_mistyped_address_is_a_sentence_in_the_log(scanner_that, caplog, url, told):
    scanner.virus_in(io.BytesIO(b"x"), scanner_that(b"stream: OK\0").url)
    with pytest.raises(Unavailable):
        scanner.virus_in(io.BytesIO(b"x"), url)
    (said,) = [record.getMessage() for record in caplog.records if record.name == "alliance.files"]
    assert said.startswith("CLAMD_URL: ") and told in said and "Correct the address" in said
    assert without_traceback(caplog)


def without_traceback(caplog) -> bool:
    return not any(record.exc_info for record in caplog.records)


def test_a_scanner_that_hangs_up_early_is_heard(scanner_that):
    found = scanner_that(b"stream: Eicar-Signature FOUND\0", hang_up_after=1000)
    assert scanner.virus_in(io.BytesIO(papers.EICAR + bytes(1000)), found.url) == "Eicar-Signature"


@pytest.mark.parametrize(
    "url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.sock", "http://127.0.0.1", "tcp://", "127.0.0.1:3310", "tcp://h:port"]
)
def test_a_scanner_that_is_not_there_lets_nothing_through(url):
    with pytest.raises(Unavailable):
        scanner.virus_in(io.BytesIO(b"x"), url)


@pytest.mark.parametrize(("url", "state"), [("", "off"), ("tcp://127.0.0.1:1", "down"), ("nonsense", "down")])
def test_the_scanners_state_is_known(settings, url, state):
    settings.CLAMD_URL = url
    assert scanner.state() == state


@pytest.mark.service("CLAMD_URL")
def test_the_real_scanner_knows_the_test_virus(settings):
    settings.CLAMD_URL = url = os.environ["CLAMD_URL"]
    assert scanner.state() == "ok"
    assert scanner.virus_in(io.BytesIO(papers.EICAR), url)
    assert scanner.virus_in(io.BytesIO(papers.packed({"a.txt": papers.EICAR})), url)
    assert scanner.virus_in(io.BytesIO(b"Trees and gates."), url) == ""


class Cutting(io.BytesIO):
    """A file during whose reading `happens` happens, once."""

    def __init__(self, content: bytes, happens):
        super().__init__(content)
        self.happens = happens

    def read(self, size=-1):
        piece = super().read(size)
        if self.tell() > 300_000 and self.happens:
            self.happens()
            self.happens = None
        return piece


@pytest.mark.service("CLAMD_URL")
def test_the_real_scanner_freezes_goes_and_comes_back(impatient):
    content = os.urandom(3_000_000)
    with Proxy.before(os.environ["CLAMD_URL"]) as door:

        def asked(stream) -> str:
            try:
                return scanner.virus_in(stream, door.url)
            except Unavailable:
                return "resting"

        assert asked(io.BytesIO(content)) == ""
        for away, back in ((door.freeze, door.thaw), (door.cut, door.restore)):
            away()
            with impatient():
                assert asked(io.BytesIO(papers.EICAR)) == "resting"
            back()
            assert asked(io.BytesIO(papers.EICAR)) not in ("", "resting")
            with impatient():
                assert asked(Cutting(content, away)) == "resting"  # in the middle of a file
            back()
            assert asked(io.BytesIO(content)) == ""

        class Dropping(io.BytesIO):
            """A file during whose reading every connection is dropped, again and again: ours may still stand before the door."""

            def read(self, size=-1):
                time.sleep(0.02)
                door.drop()
                return super().read(size)

        assert asked(Dropping(content)) == "resting"
        assert asked(io.BytesIO(content)) == ""
