"""What every request of the site passes: the security headers, the reader's language, and refusals as pages."""

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.db import DataError
from django.http import HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import trans_real

from alliance import errors
from alliance.http import AWAY
from alliance.languages.tongues import CODES

from .errors import bad_request, refused, resting

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
        # Who may keep a page is said by the page; what says nothing may be kept by nobody.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class ReaderLanguage:
    """The language of the answer: the address says it for pages; `?lang=`, then Accept-Language, for programs.

    Account pages have no language in their address: there `?lang=` counts (the site's links carry it), then the page that one
    is to be brought back to, then the person's own language, then the cookie that the former two leave behind.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = self._chosen(request) if request.path_info.startswith("/accounts/") else ""
        language = chosen or self._language(request)
        if request.path_info == "/":
            response = HttpResponseRedirect(f"/{language}/")
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
            return response
        if chosen and settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.get("language", chosen) != chosen:
            request.session["language"] = chosen
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if request.path_info.startswith(("/api/", "/accounts/")):
            patch_vary_headers(response, ["Accept-Language"])
        if chosen and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != chosen:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
            )
        return response

    @staticmethod
    def _chosen(request) -> str:
        """The language that the address of an account page names, itself or by the page to return to."""
        asked = _asked(request, "lang") or _asked(request, "next").lstrip("/").split("/")[0]
        return asked if asked in CODES else ""

    def _language(self, request) -> str:
        first = request.path_info.split("/")[1] if "/" in request.path_info else ""
        if first in CODES:
            return first
        if first == "api":
            asked = _asked(request, "lang").split("-")[0].lower()
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


def _asked(request, name: str) -> str:
    """A word of the query. Where there are more of them than we read, the view refuses, in the language that is found without."""
    try:
        return request.GET.get(name, "")
    except TooManyFieldsSent:
        return ""


class Refusals:
    """An expected refusal in a page of the site is a page with its sentence. The API has its own way."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, AWAY):
            return resting(request, exception)
        if isinstance(exception, DataError):  # what no database stores: a NUL, a number beyond all bounds
            return bad_request(request, exception)
        if not isinstance(exception, errors.Refusal):
            return None
        status = exception.status
        titles = {
            400: _("Not in the right form"),
            403: _("Not allowed"),
            404: _("Not found"),
            409: _("Overtaken by events"),
            413: _("Too large"),
            422: _("File refused"),
            503: _("Resting"),
        }
        return refused(request, status, titles.get(status, _("Refused")), str(exception.reason))
