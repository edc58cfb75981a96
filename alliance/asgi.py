"""The one-process server: pages and the API through our own handler, sockets through Channels."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

import django

django.setup()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from alliance import live  # noqa: E402
from alliance.http import get_http_application  # noqa: E402
from api.socket import Ear, watch  # noqa: E402


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
            gc.collect()
            gc.freeze()
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


async def nowhere(scope, receive, send):
    """A socket address that is none is closed, without a word in the log."""
    await send({"type": "websocket.close", "code": 4404})


application = ProtocolTypeRouter(
    {
        "lifespan": lifespan,
        "http": get_http_application(),
        "websocket": AuthMiddlewareStack(URLRouter([path("ws/", Ear.as_asgi()), re_path("", nowhere)])),
    }
)
