"""The roof for a plain WSGI server: pages and API without sockets, beside uvicorn for `/ws/` in production."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

from alliance.http.plain import get_plain_application  # noqa: E402

application = get_plain_application()
