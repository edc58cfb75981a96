"""The addresses of the site under /{lang}/."""

from django.urls import include, path

from . import applications, charter, cities, home, pages, practices, register, search, working_urls
from .account_urls import site as account_pages

urlpatterns = [
    path("", home.home, name="home"),
    path("", include(working_urls)),
    *account_pages,
    path("charter/", charter.charter, name="charter"),
    path("charter/<number:number>/", charter.charter, name="edition"),
    path("charter/<number:number>/articles/<number:article>/", charter.article, name="article"),
    path("register/", register.register, name="register"),
    path("register/download/", register.download, name="register_download"),
    path("register/<number:position>/certificate/", register.paper, name="certificate"),
    path("verify/", register.verify, name="verify"),
    path("cities/", cities.listing, name="cities"),
    path("cities/<slug:slug>/", cities.showing, name="city"),
    path("practices/", practices.listing, name="practices"),
    path("practices/<number:pk>/", practices.showing, name="practice"),
    path("search/", search.search, name="search"),
    path("apply/", applications.applying, name="apply"),
    path("apply/<number:pk>/", applications.applied, name="applied"),
    path("about/<slug:name>/", pages.words, name="about"),
]
