"""Run the measurements, one module after the other, and print one table.

`python -m tests.bench` runs all; `python -m tests.bench http search` only those. With `--strict` a missed goal is exit code 1.
"""

import argparse
import os
import pkgutil
import sys
import tempfile
import time
import traceback
from importlib import import_module

from .rows import Row, table


def modules() -> list[str]:
    """The names of the modules here that measure something."""
    return sorted(
        found.name
        for found in pkgutil.iter_modules(__import__("tests.bench", fromlist=["bench"]).__path__)
        if not found.name.startswith("_") and hasattr(import_module(f"tests.bench.{found.name}"), "measure")
    )


def rows_of(name: str) -> list[Row]:
    """What one module measured; a crash is a row of its own, so that the other modules are still heard."""
    begun = time.monotonic()
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    try:
        rows = import_module(f"tests.bench.{name}").measure()
    except Exception as error:
        traceback.print_exc()
        rows = [Row(name, None, "", f"{type(error).__name__}: {error}")]
    print(f"measured {name} in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return rows


def main() -> int:
    """Returns the exit code: 2 when a module crashed, 1 with --strict when a goal was missed."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure, and print ratios beside their goals.")
    asked.add_argument("modules", nargs="*", help="only these (all unless told)")
    asked.add_argument("--strict", action="store_true", help="exit 1 when a goal is missed")
    options = asked.parse_args()
    # Measurements never touch the data of a network that runs here.
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="bench-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    rows = [row for name in options.modules or modules() for row in rows_of(name)]
    print(table(rows))
    if any(row.ratio is None for row in rows):
        return 2
    return 1 if options.strict and any(row.verdict == "missed" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
