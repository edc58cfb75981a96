"""Rules that no single feature owns, checked for every feature."""

import ast
import inspect
import pkgutil
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from alliance.ledger.events import Event

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("alliance", "members", "exchanges", "api", "frontend")
DOMAINS = ("members", "exchanges", "alliance.accord")


def sources():
    for top in HOUSE:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def actions():
    for domain in DOMAINS:
        package = import_module(f"{domain}.actions")
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = import_module(found.name)
            for name, member in inspect.getmembers(module, inspect.isfunction):
                if inspect.unwrap(member).__module__ == module.__name__ and not name.startswith("_"):
                    yield pytest.param(member, id=f"{found.name}.{name}")


def events():
    for domain in DOMAINS:
        import_module(f"{domain}.events")
    waiting = list(Event.__subclasses__())
    while waiting:
        event = waiting.pop()
        if event.__subclasses__():
            waiting += event.__subclasses__()
        else:
            yield pytest.param(event, id=event.__name__)


# What only computes for actions (a code, a checked shape) has no actor, nor has the counting of wrong codes: nobody is known yet.
COMPUTES = {
    "code_of", "checked_deliberation", "enter", "owe", "written", "set_audience", "apply_audience", "take", "kept", "recognise",
}  # fmt: skip


@pytest.mark.parametrize("action", list(actions()))
def test_every_action_names_its_actor_and_says_what_it_does(action):
    assert inspect.getdoc(action)
    if action.__name__ in COMPUTES:
        return
    actor = inspect.signature(action).parameters.get("actor")
    assert actor is not None and actor.kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize("event", list(events()))
def test_every_event_is_frozen_named_and_documented(event):
    assert inspect.getdoc(event)
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", event.name)
    assert event.__dataclass_params__.frozen


WRITES = {
    "save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "aget_or_create", "asave", "acreate",
}  # fmt: skip
# The worker and the search engines keep their own books, allauth's adapters and forms save what is theirs, tests and founding go through actions.
MAY_WRITE = (
    "/actions/",
    "/background/",
    "alliance/ledger/actions.py",
    "members/models/accounts.py",
    "frontend/accounts.py",
    "/engines/",
)


def test_only_actions_write():
    strays = []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if any(allowed in f"/{name}" for allowed in MAY_WRITE):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                strays.append(f"{name}:{node.lineno} {node.func.attr}")
    assert not strays


LONG = {
    # file: why it is longer than 300 lines
    "exchanges/events.py": "a list of small classes, read like a table",
}


def test_no_file_is_long_without_a_reason():
    long = {path.relative_to(ROOT).as_posix() for path in sources() if len(path.read_text().splitlines()) > 300}
    assert long - set(LONG) == set()


@pytest.mark.parametrize("mark", ["TODO", "FIXME", "XXX"])
def test_nothing_is_marked_as_unfinished(mark):
    found = [path for path in sources() if re.search(rf"\b{mark}\b", path.read_text())]
    assert not found


def test_imports_point_down():
    lint = ROOT / ".venv" / "bin" / "lint-imports"
    answer = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout


# The embedded search engine keeps a file of its own, whichever database the house has.
MAY_NAME_SQLITE = ("alliance/database.py", "alliance/search/engines/", "alliance/settings.py:index.sqlite3")


def test_only_one_module_knows_one_database_from_another():
    """Nobody else asks which database it is: what differs is in alliance/database.py, or the code is the same for all."""
    strays = []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            asked = None
            if isinstance(node, ast.Attribute) and node.attr in ("vendor", "is_embedded", "is_postgresql"):
                asked = node.attr
            elif (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and "sqlite" in node.value
                and "\n" not in node.value
            ):
                asked = node.value
            elif isinstance(node, ast.Import | ast.ImportFrom) and any("sqlite" in each.name for each in node.names):
                asked = "import"
            if asked and not f"{name}:{asked}".startswith(MAY_NAME_SQLITE):
                strays.append(f"{name}:{node.lineno} {asked}")
    assert not strays


def test_templates_hold_no_inline_script_or_style():
    """The Content-Security-Policy would refuse them in the browser: better to refuse them here."""
    strays = []
    for path in (ROOT / "frontend" / "templates").rglob("*.html"):
        text = path.read_text()
        if re.search(r"\sstyle=|<style|\son[a-z]+=\"", text) or re.search(r"<script(?![^>]*(\bsrc=|application/json))", text):
            strays.append(path.relative_to(ROOT).as_posix())
    assert not strays
