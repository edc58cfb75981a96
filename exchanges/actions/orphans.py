"""Files that belong to no document: their upload was broken off between the store and the database."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _

from alliance import clock
from alliance.errors import Unavailable

from ..models import Version
from ..models.documents import PLACE

AGE = timedelta(days=1)


def sweep(*, actor) -> int:
    """Remove them. Returns how many.

    Only what is older than a day: a younger one may be on its way into the database. Raises Unavailable while the store rests.
    """
    assert actor is None  # the house tidies up after itself; nothing that anybody was told of changes
    before, swept = clock.now() - AGE, 0
    try:
        for folder in default_storage.listdir(PLACE)[0]:
            stored = [f"{PLACE}/{folder}/{name}" for name in default_storage.listdir(f"{PLACE}/{folder}")[1]]
            kept = set(Version.objects.filter(file__startswith=f"{PLACE}/{folder}/").values_list("file", flat=True))
            for name in stored:
                if name not in kept and default_storage.get_modified_time(name) < before:
                    default_storage.delete(name)
                    swept += 1
    except FileNotFoundError:
        pass  # nothing was ever stored, or it went by itself
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:
        raise Unavailable(_("The file store is resting. Files wait until it answers."), part="files") from error
    return swept
