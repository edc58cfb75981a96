"""A small site with every kind of answer, for trying the servers on."""

import hashlib
import io
import threading
import time

from django.db import connection
from django.http import (
    FileResponse,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import path
from django.utils import translation
from django.utils.cache import patch_vary_headers

from alliance.http import version_key

SAID = ("HTTP_X_WORD", "CONTENT_TYPE", "CONTENT_LENGTH", "QUERY_STRING", "PATH_INFO", "REQUEST_METHOD", "HTTP_COOKIE")
calls: list[str] = []
closed: list[str] = []


def echo(request, **_given):
    facts = {name: request.META.get(name, "") for name in SAID}
    facts |= {
        "path": request.path,
        "full": request.get_full_path(),
        "query": dict(request.GET.lists()),
        "cookies": request.COOKIES,
        "scheme": request.scheme,
        "client": request.META["REMOTE_ADDR"],
        "encoding": request.encoding,
        "script": request.META["SCRIPT_NAME"],
    }
    if request.method == "POST" and request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        facts["form"] = dict(request.POST.lists())
        facts["files"] = {
            name: [file.name, file.size, hashlib.sha256(file.read()).hexdigest()] for name, file in request.FILES.items()
        }
    else:
        facts["body"] = hashlib.sha256(request.body).hexdigest()
    return JsonResponse(facts)


def cookies(_request):
    response = HttpResponse("sweet")
    response.set_cookie("one", "1", httponly=True, samesite="Lax")
    response.set_cookie("two", "deux, trois; quatre")
    response.delete_cookie("three")
    return response


def boom(_request):
    raise ValueError("boom")


def stream(_request, count):
    def lines():
        try:
            for number in range(count):
                yield f"{number} {threading.get_ident()}\n".ljust(1000)
        finally:
            closed.append("stream")

    return StreamingHttpResponse(lines(), content_type="text/plain")


def rows(_request):
    """A stream fed by a cursor of the database, which knows only the thread that opened it."""

    def lines():
        cursor = connection.cursor()
        cursor.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i FROM n")
        while row := cursor.fetchone():
            yield f"{row[0]}\n"

    return StreamingHttpResponse(lines(), content_type="text/csv")


def broken_stream(_request):
    def lines():
        yield "good\n"
        raise ValueError("broken")

    return StreamingHttpResponse(lines())


async def _pieces():
    for number in range(5):
        yield f"{number}\n"


def async_stream(_request):
    return StreamingHttpResponse(_pieces(), content_type="text/plain")


class Telling(io.BytesIO):
    def close(self):
        closed.append("file")
        super().close()


def file(_request, size):
    return FileResponse(Telling(b"x" * size), as_attachment=True, filename="file.bin")


def slow(_request):
    time.sleep(0.3)
    return HttpResponse("at last")


_four = threading.Barrier(4)


def meeting(_request):
    """Answered when four are in it at once."""
    _four.wait(8)
    return HttpResponse("all four")


def language(_request):
    said = translation.get_language()
    translation.activate("ar")
    return HttpResponse(said)


def unmodified(_request):
    return HttpResponseNotModified()


def empty(_request):
    return HttpResponse(status=204)


def page(request, kind="public"):
    """A page that says how it may be kept; every making of it is counted."""
    calls.append(request.get_full_path())
    said = f"page {len(calls)} in {translation.get_language()} for {request.get_host()} {request.method} " + "long " * 300
    response = HttpResponse(said)
    patch_vary_headers(response, ["Accept-Language"])
    response["ETag"] = f'"{version_key()}-{len(calls)}"'
    response["Cache-Control"] = {"private": "private, no-store", "silent": "max-age=60"}.get(kind, "public, max-age=0")
    if kind == "cookie":
        response.set_cookie("seen", "1")
    elif kind == "tagless":
        del response["ETag"]
    elif kind == "odd":
        patch_vary_headers(response, ["User-Agent"])
    elif kind == "missing":
        response.status_code = 404
    return response


urlpatterns = [
    path("", lambda _request: HttpResponse("home")),
    path("echo/", echo),
    path("echo/<str:word>/", echo),
    path("cookies/", cookies),
    path("boom/", boom),
    path("stream/<int:count>/", stream),
    path("rows/", rows),
    path("broken/", broken_stream),
    path("async/", async_stream),
    path("file/<int:size>/", file),
    path("slow/", slow),
    path("meeting/", meeting),
    path("language/", language),
    path("away/", lambda _request: HttpResponseRedirect("/echo/?ça=là")),
    path("unmodified/", unmodified),
    path("empty/", empty),
    path("page/", page),
    path("page/<str:kind>/", page),
]
