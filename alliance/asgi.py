"""The one-process server: pages and the API through our own handler, sockets through Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

import django

django.setup()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from alliance.http import get_http_application  # noqa: E402
from api.socket import Ear  # noqa: E402


async def nowhere(scope, receive, send):
    """A socket address that is none is closed, without a word in the log."""
    await send({"type": "websocket.close", "code": 4404})


application = ProtocolTypeRouter(
    {
        "http": get_http_application(),
        "websocket": AuthMiddlewareStack(URLRouter([path("ws/", Ear.as_asgi()), re_path("", nowhere)])),
    }
)
