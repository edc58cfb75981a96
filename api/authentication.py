"""Who is asking: the site's session, or a bearer token."""

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header

from members.queries.accounts import person_of_token


class Bearer(BaseAuthentication):
    """`Authorization: Bearer TOKEN`, as `manage.py issue_token` prints it (RFC 6750)."""

    def authenticate(self, request):
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        person = None
        if len(parts) == 2 and parts[1].isascii():
            person = person_of_token(parts[1].decode())
        if person is None:
            raise exceptions.AuthenticationFailed(_("This token is not valid."))
        return person, "bearer"

    def authenticate_header(self, request):
        return "Bearer"


class SiteSession(SessionAuthentication):
    """The site's own session, with CSRF for what changes something."""

    def authenticate_header(self, request):
        return "Bearer"

    def enforce_csrf(self, request):
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            raise exceptions.PermissionDenied(
                _("The form’s secret (CSRF token) is missing or too old. Please reload the page.")
            ) from None
