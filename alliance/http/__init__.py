"""How a request reaches Django: the whole sync chain in one hop to a small pool of threads, and public pages answered before it.

Stock ASGI hops between threads for every sync middleware and is five times slower; here pages and sockets share one process at
the speed of a WSGI server (PERFORMANCE.md 7, 9).
"""

from .chain import get_http_application
from .refusals import AWAY, database_rests
from .versions import forget_pages, version_key

__all__ = ["AWAY", "database_rests", "forget_pages", "get_http_application", "version_key"]
