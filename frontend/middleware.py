"""What every request of the site passes: the security headers, the reader's language, and refusals as pages."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import trans_real

from alliance import errors
from alliance.languages.tongues import CODES

from .errors import refused

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class ContentSecurity:
    """Nothing is fetched from elsewhere, and nothing runs that is not a file of ours."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response


class ReaderLanguage:
    """The language of the answer: the address says it for pages; `?lang=`, then Accept-Language, for programs.

    Account pages have no language in their address: there the person's own counts, then the cookie of their last page.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = self._language(request)
        if request.path == "/":
            return HttpResponseRedirect(f"/{language}/")
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if request.path.startswith(("/api/", "/accounts/")):
            patched = [part for part in response.headers.get("Vary", "").split(", ") if part]
            response.headers["Vary"] = ", ".join(dict.fromkeys([*patched, "Accept-Language"]))
        return response

    def _language(self, request) -> str:
        first = request.path_info.split("/")[1] if "/" in request.path_info else ""
        if first in CODES:
            return first
        if first == "api":
            asked = request.GET.get("lang", "").split("-")[0].lower()
            return asked if asked in CODES else self._accepted(request)
        known = (
            request.session.get("language")
            if hasattr(request, "session") and settings.SESSION_COOKIE_NAME in request.COOKIES
            else None
        )
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return next((code for code in (known, cookie) if code in CODES), None) or self._accepted(request)

    @staticmethod
    def _accepted(request) -> str:
        for code, _weight in trans_real.parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500].lower()):
            if code.split("-")[0] in CODES:
                return code.split("-")[0]
        return "en"


class Refusals:
    """An expected refusal in a page of the site is a page with its sentence. The API has its own way."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, errors.Refusal) or request.path.startswith("/api/"):
            return None
        status = exception.status
        titles = {
            400: _("Not in the right form"),
            403: _("Not allowed"),
            404: _("Not found"),
            409: _("Overtaken by events"),
            422: _("File refused"),
            503: _("Resting"),
        }
        return refused(request, status, titles.get(status, _("Refused")), str(exception.reason))
