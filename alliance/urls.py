"""The roof: composition only."""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from frontend import errors, feeds, health
from frontend.account_urls import accounts

# One way to sign in, with its second factor and its limits: the admin has no password form of its own.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/v1/", include("api.urls")),
    path("accounts/", include(accounts)),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("feeds/<slug:lang>/practices/", feeds.practices_feed),
    path("feeds/<slug:lang>/register/", feeds.register_feed),
    path("favicon.ico", RedirectView.as_view(url="/static/mark.svg")),
    *i18n_patterns(path("", include("frontend.urls"))),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
