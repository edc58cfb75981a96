"""The alliance with three views more, for measuring: one that does nothing, a public page of 33 kB, and a list of practices as
DRF's own documentation would have it. Settings and URLs in one."""

from alliance.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.house"


def _null(_request):
    from django.http import HttpResponse

    return HttpResponse("ok")


def _page(_request):
    from django.http import HttpResponse

    from alliance.http import version_key

    response = HttpResponse("Dignity, in equal measure, of every person. " * 768)
    response["ETag"] = f'"{version_key()}"'
    response["Cache-Control"] = "public, max-age=0"
    return response


def __getattr__(name):
    if name == "urlpatterns":  # looked for once the apps are ready, which they are not while this is read as settings
        from django.urls import path

        from alliance.urls import urlpatterns

        from .drf import PracticeList

        return [
            path("bench/null/", _null), path("bench/page/", _page), path("bench/practices/", PracticeList.as_view()), *urlpatterns,
        ]  # fmt: skip
    if name == "stock":
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
    raise AttributeError(name)
