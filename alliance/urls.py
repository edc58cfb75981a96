"""The roof: composition only."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
