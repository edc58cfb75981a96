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


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread; we touch no database here
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()
