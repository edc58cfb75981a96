#!/usr/bin/env python
"""The one command of the alliance: `manage.py help` lists what it can do.

Here, for every command, what an operator can mend becomes a sentence: a variable that is wrong, a database that does not answer,
a refusal. Any other fault is ours and keeps its traceback, and `--traceback` keeps it in any case.
"""

import os
import sys


def main() -> None:
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import Error

    from alliance import database
    from alliance.errors import Refusal

    said: str | None
    try:
        _ = settings.INSTALLED_APPS  # read here: the command line would hide what is wrong with a variable
        execute_from_command_line(sys.argv)
        return
    except (ImproperlyConfigured, Refusal) as fault:
        said = str(fault)
        if "--traceback" in sys.argv:
            raise
    except Error as fault:
        said = database.sentence(fault)
        if said is None or "--traceback" in sys.argv:
            raise
    sys.exit(said)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    main()
