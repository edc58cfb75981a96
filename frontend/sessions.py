"""When a session was last seen, for the list in which a person can end it."""

import time

from allauth.usersessions.models import UserSession

EVERY = 600  # seconds: a list of sessions needs no more, and a page need not write


class Seen:
    """Notes a signed-in session at its first request, and then now and again. allauth's own would write at every request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        session = getattr(request, "session", None)
        if session is not None and session.session_key and request.user.is_authenticated:
            key, at = session.get("seen", ("", 0))
            if key != session.session_key or at < time.time() - EVERY:
                UserSession.objects.create_from_request(request)
                session["seen"] = [session.session_key, int(time.time())]
        return self.get_response(request)
