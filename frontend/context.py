"""What every page knows."""

from django.urls import reverse

from alliance.languages.tongues import RIGHT_TO_LEFT, TONGUES
from members.queries.network import network


def surroundings(request) -> dict:
    """The network, its languages, and the address of this page in each of them."""
    known = network()
    offered = known.languages if known else [code for code, _name in TONGUES]
    names = dict(TONGUES)
    language = getattr(request, "LANGUAGE_CODE", "en")
    here = request.get_full_path()
    return {
        "network": known,
        "demonstration": bool(known and known.demonstration),
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        # An Arabic zero is a dot: between figures a dash says more clearly that they are two.
        "dot": "–" if language == "ar" else "·",
        "tongues": [(code, names[code], _address_in(code, request, language)) for code in offered if code in names],
        "LANGUAGE_CODE": language,
        "door": here.removeprefix(f"/{language}/").split("/")[0].split("?")[0],
        "sign_in_address": f"{reverse('account_login')}?lang={language}",
        "signed_in": request.user.is_authenticated if hasattr(request, "user") else False,
    }


def _address_in(code: str, request, language: str) -> str:
    """This very page in another language. Account pages have no language in their path: there it stands behind it."""
    here = request.get_full_path()
    if here.startswith(f"/{language}/"):
        return f"/{code}/{here.removeprefix(f'/{language}/')}"
    if here.startswith("/accounts/"):
        query = request.GET.copy()
        query["lang"] = code
        return f"{request.path}?{query.urlencode()}"
    return f"/{code}/"
