"""How many queries each page and list costs: `python -m tests.permissions.counting` writes tests/query_counts.json anew.

Of the people in PEOPLE the one who costs most counts, asked a second time, when what is read once for a process has been read.
"""

import json
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

FILE = Path(__file__).resolve().parents[1] / "query_counts.json"
MOST = 15  # more needs a reason, in the file
PEOPLE = ("visitor", "official_a", "secretariat")


def counted() -> list[str]:
    """Every address that is read; the admin is Django's."""
    from .routes import keys

    return [key for key in keys() if key.startswith("GET ") and not key.startswith("GET admin/")]


def count(key: str, world, cookies: dict) -> int:
    """The most that one of PEOPLE costs."""
    return max(queries(key, who, world, cookies) for who in PEOPLE)


def queries(key: str, who: str, world, cookies: dict) -> int:
    from .asking import ask, undone

    for _time in range(2):
        with undone(), CaptureQueriesContext(connection) as seen:
            response = ask(key, who, world, cookies)
            b"".join(response.streaming_content) if response.streaming else None
    # Which transactions a page is put into by the test, or by the database, is not the page's doing.
    return sum(not row["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")) for row in seen.captured_queries)


def known() -> dict[str, dict]:
    """The committed counts: `{"GET …": {"queries": 7}}`, with a `reason` above MOST."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def write(world, cookies: dict) -> None:
    before = known()
    rows = {}
    for key in counted():
        rows[key] = {**before.get(key, {}), "queries": count(key, world, cookies)}
    FILE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    from .draw import in_a_world

    in_a_world(write)
