"""What every page knows."""

from alliance.languages.tongues import RIGHT_TO_LEFT, TONGUES
from members.queries.network import network


def surroundings(request) -> dict:
    """The network, its languages, and the address of this page in each of them."""
    known = network()
    offered = known.languages if known else [code for code, _name in TONGUES]
    names = dict(TONGUES)
    language = getattr(request, "LANGUAGE_CODE", "en")
    here = request.get_full_path()
    prefix = f"/{language}/"
    rest = here[len(prefix) :] if here.startswith(prefix) else ""
    return {
        "network": known,
        "demonstration": bool(known and known.demonstration),
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "tongues": [(code, names[code], f"/{code}/{rest}") for code in offered if code in names],
        "LANGUAGE_CODE": language,
        "door": here.removeprefix(prefix).split("/")[0].split("?")[0],
        "signed_in": request.user.is_authenticated if hasattr(request, "user") else False,
    }
