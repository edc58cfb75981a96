"""How pages may be kept: a visitor's by anybody until something happens, a member's by nobody."""

import hashlib
from functools import wraps

from django.http import HttpResponseNotModified

from alliance.http import version_key


def public_page(view):
    """A page that is the same for every visitor: with an ETag from the version key, checked before any query."""

    @wraps(view)
    def kept(request, *args, **kwargs):
        if request.user.is_authenticated or request.method not in ("GET", "HEAD"):
            answer = view(request, *args, **kwargs)
            answer.headers.setdefault("Cache-Control", "private, no-store")
            return answer
        seen = f"{request.get_full_path()}|{version_key()}"
        tag = f'W/"{hashlib.sha256(seen.encode("utf-8", "replace")).hexdigest()[:24]}"'
        if tag in [given.strip() for given in request.headers.get("If-None-Match", "").split(",")]:
            answer = HttpResponseNotModified()
        else:
            answer = view(request, *args, **kwargs)
        if answer.status_code in (200, 304):
            answer["ETag"] = tag
            answer["Cache-Control"] = "public, max-age=0, must-revalidate"
        return answer

    return kept
