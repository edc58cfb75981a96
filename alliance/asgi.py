"""The one-process server: pages and the API through our own handler, sockets through Channels."""

import gc
import logging
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

import django

django.setup()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.urls import get_resolver, path, re_path  # noqa: E402

from alliance import live  # noqa: E402
from alliance.http import AWAY, get_http_application, refusals  # noqa: E402
from alliance.languages.tongues import CODES  # noqa: E402
from alliance.search import thesaurus, words  # noqa: E402
from alliance.search.engines import engine  # noqa: E402
from api.socket import Ear, watch  # noqa: E402

log = logging.getLogger("alliance.http")


async def lifespan(scope, receive, send):
    """Before the first request: see that the live bus can carry this process, and listen; spare the collector what stays."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            try:
                live.claim()
            except RuntimeError as refusal:
                await send({"type": "lifespan.startup.failed", "message": str(refusal)})
                return
            watch()
            load()
            gc.collect()
            gc.freeze()
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


def load() -> None:
    """What the first readers would otherwise wait for: every view, the templates of most pages, the search engine, the stems."""
    get_resolver().url_patterns  # noqa: B018 - reading it imports them
    for name in ("search.html", "practices/practice.html", "charter/charter.html"):
        get_template(name)
    engine()
    for language in CODES:
        thesaurus.themes(language)
        words.sought("refuge", language, expand=True)


async def nowhere(scope, receive, send):
    """A socket address that is none is closed, without a word in the log."""
    await send({"type": "websocket.close", "code": 4404})


def told_of_rest(sockets):
    """A socket that cannot be opened, or kept, because the database rests: the client hears so, and tries again."""

    async def spoken(scope, receive, send):
        opened = False

        async def said(message):
            nonlocal opened
            opened = opened or message["type"] == "websocket.accept"
            await send(message)

        try:
            await sockets(scope, receive, said)
        except AWAY as error:
            log.warning("A socket ends, because the database does not answer: %s", error)
            if opened or "websocket.http.response" not in scope.get("extensions", {}):
                await send({"type": "websocket.close", "code": 1013})
                return
            status, headers, body = refusals.resting(scope["path"], "", {})
            await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
            await send({"type": "websocket.http.response.body", "body": body})

    return spoken


application = ProtocolTypeRouter(
    {
        "lifespan": lifespan,
        "http": get_http_application(),
        "websocket": told_of_rest(AuthMiddlewareStack(URLRouter([path("ws/", Ear.as_asgi()), re_path("", nowhere)]))),
    }
)
