import os
import shutil
from pathlib import Path

import pytest

from .house import House

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("browser") and not Path(CHROMIUM).exists():
            item.add_marker(pytest.mark.skip(reason="there is no Chromium here"))


@pytest.fixture
def house(tmp_path):
    """A founded, empty network with its server."""
    house = House(tmp_path)
    house.manage("migrate", "-v0")
    house.manage("found", "--name", "Alliance", "--email", "secretariat@network.example")
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def browser():
    """Chromium. For one module: while Playwright's loop lives in this thread, no other loop can run in it."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, where Django would not touch a database; we do so only through other processes.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
