"""`make check`: style, types, imports, migrations, templates, catalogues and schema. Each fault is printed; any one fails."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def run(*command: str) -> bool:
    return subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=os.environ).returncode == 0


def manage(*words: str) -> bool:
    return run("python", "manage.py", *words)


def templates() -> bool:
    """Every template can be compiled."""
    import django
    from django.template import TemplateSyntaxError, engines

    django.setup()
    engine = engines["django"].engine
    broken = 0
    for path in sorted((ROOT / "frontend" / "templates").rglob("*")):
        if path.is_file():
            try:
                engine.from_string(path.read_text())
            except TemplateSyntaxError as error:
                print(f"{path.relative_to(ROOT)}: {error}")
                broken += 1
    return not broken


def schema() -> bool:
    """The committed OpenAPI document is level with the code, and generating it warns of nothing."""
    with tempfile.NamedTemporaryFile(suffix=".yaml") as fresh:
        if not manage("spectacular", "--file", fresh.name, "--validate", "--fail-on-warn"):
            return False
        if Path(fresh.name).read_bytes() != (ROOT / "api" / "openapi.yaml").read_bytes():
            print("api/openapi.yaml is not level with the code: make schema")
            return False
    return True


CHECKS: list[tuple[str, Callable[[], bool]]] = [
    ("style", lambda: run("ruff", "check", ".") and run("ruff", "format", "--check", ".")),
    ("types", lambda: run("mypy", "--no-error-summary", "alliance", "members", "exchanges", "api", "frontend")),
    ("imports", lambda: run("lint-imports", "--no-cache")),
    ("settings", lambda: manage("catalogues", "compile") and manage("check", "--fail-level", "WARNING")),
    ("migrations", lambda: manage("makemigrations", "--check", "--dry-run")),
    ("templates", templates),
    ("catalogues", lambda: manage("catalogues", "check")),
    ("schema", schema),
]


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings"
    with tempfile.TemporaryDirectory(prefix="alliance-gate-") as private:
        os.environ["DATA_DIR"] = private
        os.environ.setdefault("PORT", "8000")
        failed = []
        for name, check in CHECKS:
            print(f"--- {name}", flush=True)
            if not check():
                failed.append(name)
    print("--- " + (f"failed: {', '.join(failed)}" if failed else "all is well"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
