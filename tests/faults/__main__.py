"""`make faults`: the day with its troubles, and the counts. Exit code 1 when anything was lost, doubled or answered with 500.

Every figure is printed; that a page took longer than two seconds is told, and not a fault of its own: the machine may be busy.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.journeys.street import Street

from .day import Day
from .reckoning import faults
from .troubles import SERVICES, Troubles, services, started


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--moments", type=int, default=10, help="how often each thing happens to each part")
    asked.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = asked.parse_args()
    os.environ.setdefault("SERVICES_DIR", tempfile.mkdtemp(prefix="alliance-faults-"))
    print(f"{options.moments} moments each, seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="alliance-day-") as folder:
        street = Street(Path(folder), **started(), METRICS_TOKEN="counting")
        try:
            return _lived(street, options.moments, options.seed)
        finally:
            street.stop()
            services("stop", *SERVICES)


def _lived(street: Street, moments: int, seed: int) -> int:
    street.manage("migrate", "-v0")
    street.manage("catalogues", "compile")
    street.manage("found", "--name", "Alliance", "--email", "secretariat@network.example")
    street.start()
    day = Day(street)
    began = time.monotonic()
    day.begin()
    time.sleep(3)
    troubles = Troubles(street, moments, seed)
    troubles.begin()
    while not troubles.over():
        time.sleep(1)
    time.sleep(3)
    day.end()
    tell(day, troubles, time.monotonic() - began)
    found = []
    for fault in faults(day):  # told as they come: what is missing is waited for
        found.append(fault)
        print(f"FAULT {fault}", flush=True)
    print(f"--- {len(found)} faults" if found else "--- nothing lost, nothing doubled, no 500")
    if found:
        print(street.log.read_text()[-6000:], file=sys.stderr)
    return 1 if found else 0


def tell(day: Day, troubles: Troubles, lived: float) -> None:
    """The counts, a line each."""
    tally = day.tally
    print(f"a day of {lived:.0f} s; " + ", ".join(f"{what} {count}" for what, count in sorted(troubles.counts.items())))
    print(
        f"accepted: {len(day.signed)} cities, {len(day.practices)} practices, {len(day.documents)} documents, {len(day.said)} messages"
    )
    print(
        f"asked {tally.asked}: "
        + ", ".join(f"{status}: {count}" for status, count in sorted(tally.statuses.items()))
        + f", cut: {tally.cut}"
    )
    print(f"search answered by: {day.engines}")
    print(f"pages over 2 s: {len(tally.slow)}, the longest {tally.longest:.2f} s")
    for seconds, what, begun in sorted(tally.slow, reverse=True)[:20]:
        print(f"  {seconds:.2f} s {what}, during: {', '.join(troubles.during(begun, begun + seconds)) or 'nothing'}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
