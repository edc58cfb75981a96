import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .house import House
from .street import Street

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("browser") and not Path(CHROMIUM).exists():
            item.add_marker(pytest.mark.skip(reason="there is no Chromium here"))


def founded(house: House) -> Iterator[House]:
    """A founded, empty network with its server or servers, until the test is over."""
    house.manage("migrate", "-v0")
    house.manage("found", "--name", "Alliance", "--email", "secretariat@network.example")
    try:
        yield house.start()
    finally:
        house.stop()


@pytest.fixture
def house(tmp_path):
    """A founded, empty network in one server process."""
    yield from founded(House(tmp_path))


@pytest.fixture(params=["one process", pytest.param("three behind nginx", marks=pytest.mark.service("REDIS_URL"))])
def anywhere(request, tmp_path):
    """The same network served in each of the ways in which it may be."""
    yield from founded((House if request.param == "one process" else Street)(tmp_path))


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
