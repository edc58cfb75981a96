"""What README shows of the API runs as it stands: a stranger types it in, against the demonstration network."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .house import ROOT, House

STRICT = 'set -euo pipefail\ncurl() { command curl --fail-with-body --show-error "$@"; echo; }\n'


def shown() -> list[str]:
    """The commands of the chapter on the API, in order."""
    chapter = (ROOT / "README.md").read_text(encoding="utf-8").split("## Use the API")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", chapter, re.S)


@pytest.fixture
def demonstration(tmp_path):
    """The demonstration network, served."""
    house = House(tmp_path)
    house.manage("migrate", "-v0")
    house.manage("demonstrate")
    try:
        yield house.start()
    finally:
        house.stop()


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="there is no curl or no bash here")
def test_the_examples_work(demonstration, tmp_path):
    (tmp_path / "manage.py").symlink_to(ROOT / "manage.py")
    (tmp_path / "README.md").symlink_to(ROOT / "README.md")
    commands = "\n".join(shown()).replace("http://localhost:8000", demonstration.url).replace(".venv/bin/python", sys.executable)
    assert demonstration.url in commands
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # README's python3, also where the system has none
    done = subprocess.run(
        ["bash", "-c", STRICT + commands],
        cwd=tmp_path,
        env={**demonstration.environment, "PYTHONPATH": str(ROOT), "PATH": path},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    said = done.stdout
    assert "the register holds" in said
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "copy.md").read_text(encoding="utf-8").strip() == (ROOT / "README.md").read_text(encoding="utf-8").strip()
    assert '"state":"published"' in said and '"title":"Cortili aperti la sera"' in said
    assert re.search(r"^2 .* Does anybody hear me\?$", said, re.M)
