"""Draws the table anew: `python -m tests.permissions.draw` writes tests/permissions/table.py from what the application answers.

Read the difference line by line before keeping it: the table says who may do what, and the program only says what happens.
"""

import os
from collections.abc import Callable
from pathlib import Path

from tests import early  # first: it gives the run a folder of its own

HEAD = '''"""Who may do what: the status that everybody gets at every address.

In the order of WHO: visitor, applicant, official_a, official_b, ended, secretariat, moderator, deactivated. A has all the things;
B is another city, in A's room. The applicant has no account, and alone holds the codes of the letters. `[name]` says which thing
of the world the address is about, where it matters. Drawn by `python -m tests.permissions.draw`, and read by people.
"""

'''


def in_a_world(do: Callable) -> None:
    """Call `do(world, cookies)` in a database of its own with the world in it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    assert early.PRIVATE.name
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        from .asking import signed_in
        from .world import made

        world = made()
        do(world, signed_in(world))
    finally:
        teardown_databases(databases, verbosity=0)


def _draw(world, cookies: dict) -> None:
    from .asking import codes_of
    from .routes import keys

    lines = "".join(f'    "{key}": "{codes_of(key, world, cookies)}",\n' for key in keys())
    Path(__file__).with_name("table.py").write_text(f"{HEAD}TABLE = {{\n{lines}}}\n")


if __name__ == "__main__":
    in_a_world(_draw)
