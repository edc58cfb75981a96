"""Which sessions of the site are still good."""

import hmac
from functools import lru_cache
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from ..models import User


def signed_in(sessions: dict[str, int]) -> set[str]:
    """Of these sessions (key → the person it was opened by), the keys of those that still sign this person in.

    Two queries for any number. A session ends with its row, its date, or a new password.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = store.get_model_class().objects.filter(session_key__in=list(sessions), expire_date__gt=timezone.now())
    kept = dict(rows.values_list("session_key", "session_data"))
    passwords = dict(User.objects.filter(pk__in=set(sessions.values()), is_active=True).values_list("pk", "password"))
    return {
        key
        for key, person_id in sessions.items()
        if key in kept and person_id in passwords and _opens(store, kept[key], person_id, passwords[person_id])
    }


@lru_cache(maxsize=8192)
def _opens(store, session_data: str, person_id: int, password: str) -> bool:
    """Whether the data of a session sign this person in. The same data are unsealed once, not every second."""
    data = store().decode(session_data)
    if data.get(SESSION_KEY) != str(person_id):
        return False
    person = User(pk=person_id, password=password)
    known = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(hmac.compare_digest(data.get(HASH_SESSION_KEY, ""), each) for each in known)
