"""What must be true when the day is over: everything that was accepted is there, once."""

import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

from .calling import Caller
from .day import Day, all_of


def faults(day: Day) -> Iterator[str]:
    """Every promise that was not kept, a sentence each."""
    yield from day.broken
    yield from (f"500 for {what}" for what in day.tally.faults)
    yield from _register(day)
    yield from _shared(day)
    yield from _talk(day)
    yield from _found(day)
    yield from _letters(day)


def _register(day: Day) -> Iterator[str]:
    lines = Counter(day.register())
    yield from (f"{slug} signed, and stands {lines[slug]} times in the register" for slug in day.signed if lines[slug] != 1)
    yield from (f"{slug} stands {count} times in the register" for slug, count in lines.items() if count > 1)
    if "holds" not in day.street.manage("verify_register", check=False):
        yield "the register does not hold"
    applied = Counter(row["contact_email"] for row in all_of(day.secretariat, "applications/"))
    yield from (f"{email} applied {applied[email]} times" for email in day.applicants if applied[email] != 1)


def _shared(day: Day) -> Iterator[str]:
    office = day.person(day.office)
    titles = Counter(row["title"] for row in all_of(office, "practices/"))
    yield from (f"{title} is there {titles[title]} times" for title in day.practices.values() if titles[title] != 1)
    for number, title in day.practices.items():
        if (state := office.read(f"practices/{number}/")["state"]) != "published":
            yield f"{title} was published and is {state}"
    titles = Counter(row["title"] for row in all_of(office, "documents/"))
    for number, (title, content) in day.documents.items():
        if titles[title] != 1:
            yield f"{title} is there {titles[title]} times"
        if not _eventually(lambda number=number: office.read(f"documents/{number}/")["state"] == "ready"):
            yield f"{title} is not ready: {office.read(f'documents/{number}/')['state']}"
            continue
        answer = office.ask("GET", f"/api/v1/documents/{number}/content/", follow_redirects=True)
        if answer is None or answer.content != content:
            yield f"{title} does not come back as it was sent"


def _talk(day: Day) -> Iterator[str]:
    person, rows, after = day.person(day.talkers[0]), [], 0
    while more := person.read(f"rooms/{day.room}/messages/", after=after, page_size=100)["results"]:
        rows += more
        after = rows[-1]["seq"]
    if [row["seq"] for row in rows] != list(range(1, len(rows) + 1)):
        yield "the room's numbers have gaps or come twice"
    texts = Counter(row["text"] for row in rows)
    yield from (f"“{text}” was accepted and is there {texts[text]} times" for text in day.said if texts[text] != 1)
    yield from (f"“{text}” is there {count} times" for text, count in texts.items() if count > 1)
    kept = {row["seq"]: row["text"] for row in rows}
    yield from (f"the listener missed {seq}" for seq in kept if day.heard.get(seq) != kept[seq])


def _found(day: Day) -> Iterator[str]:
    visitor = Caller(day.street.url, day.tally)

    def finds(kind: str, number: int, word: str) -> bool:
        answer = visitor.read("search/", q=word, kind=kind, expand="off")
        return answer["engine"] != "reduced" and [row["id"] for row in answer["results"]] == [number]

    for kind, things in (("practice", day.practices), ("document", {k: title for k, (title, _) in day.documents.items()})):
        for number, title in things.items():
            if not _eventually(lambda kind=kind, number=number, title=title: finds(kind, number, title.split()[1])):
                yield f"search does not find {title}"


def _letters(day: Day) -> Iterator[str]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for path in (day.street.folder / "mail").glob("*.eml"):
        letter = message_from_bytes(path.read_bytes(), policy=default)
        seen[str(letter["To"]), str(letter["Subject"]), letter.get_body(("plain",)).get_content()] += 1
    yield from (f"{count} letters to {to}: {subject}" for (to, subject, _words), count in seen.items() if count > 1)


def _eventually(probe, seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if probe():
            return True
        time.sleep(0.5)
    return False
