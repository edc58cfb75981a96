"""The charter page and a list of 50 practices, against a view that does nothing and against a prefetching DRF list."""

import subprocess
import sys
from functools import partial

from .http import SOMEBODY
from .rows import Row
from .servers import ROOT, Server, interleaved

ROUNDS, SECONDS = 4, 1.0


def measure() -> list[Row]:
    """Answers per second of the server's processor time, on the demonstration network; nothing comes from the page cache."""
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
    subprocess.run([sys.executable, "manage.py", "demonstrate"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with Server(sys.executable, "manage.py", "serve", "--no-worker", "--port", "PORT") as server:
        runs = {
            "null": "/bench/null/",
            "charter": "/fr/charter/",
            "page": "/fr/practices/",
            "api": "/api/v1/practices/?lang=fr",
            "drf": "/bench/practices/?lang=fr",
        }
        said = interleaved(
            ROUNDS, **{name: partial(server.load, server.request(target, SOMEBODY), SECONDS) for name, target in runs.items()}
        )
    assert all(row["status"] == 200 for row in said.values()), said
    rate = {name: row["per_cpu"] for name, row in said.items()}
    return [
        Row(
            "API list of 50 practices against a prefetching DRF list",
            rate["api"] / rate["drf"],
            "≥ 5",
            _rates(rate, "api", "drf"),
        ),
        Row("API list of 50 practices against a null view", rate["api"] / rate["null"], "", _rates(rate, "api", "null")),
        Row("page of 30 practices against a null view", rate["page"] / rate["null"], "", _rates(rate, "page", "null")),
        Row("charter page against a null view", rate["charter"] / rate["null"], "", _rates(rate, "charter", "null")),
    ]


def _rates(rate: dict[str, float], *names: str) -> str:
    return ", ".join(f"{name} {rate[name]:,.0f}/CPU s" for name in names)
