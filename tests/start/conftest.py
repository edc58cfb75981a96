import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "CLAMD_URL", "S3_URL", "EMAIL_URL", "BASE_URL", "SECRET_KEY")


@dataclass
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    fault: str


@pytest.fixture
def manage(tmp_path):
    """`manage("serve", PORT="abc")`: a real process in a folder of its own, with no variable of ours but those given."""

    def run(*words: str, limits=None, seconds: float = 120, **environment: str) -> Said:
        surroundings = {name: value for name, value in os.environ.items() if name not in OURS}
        surroundings |= {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "alliance.settings", "PORT": "8000", **environment}
        ended = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=seconds, preexec_fn=limits,
        )  # fmt: skip
        return Said(ended.returncode, ended.stdout, ended.stderr)

    return run


def assert_a_sentence(said: Said, *words: str) -> None:
    """The command stopped, and all it said of why is one sentence in which these words stand."""
    assert said.code != 0, said.out
    assert "Traceback" not in said.fault, said.fault
    told = said.fault.strip().removeprefix("CommandError: ")
    assert "\n" not in told and told.endswith("."), told
    for word in words:
        assert word in told, told
