"""The addresses of the API, version 1. Ids have at most 15 digits: a giant number is an address that does not exist."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import (
    accord,
    applications,
    cities,
    documents,
    history,
    me,
    officials,
    practices,
    reports,
    rooms,
    schema,
    search,
)
from .door import Nowhere


class Id:
    """A number that fits a database."""

    regex = "[0-9]{1,15}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Name(StringConverter):
    """A slug, a language or another short word."""

    regex = "[-a-zA-Z0-9_]{1,80}"


register_converter(Id, "id")
register_converter(Name, "name")

urlpatterns = [
    path("accord/", accord.Accord.as_view()),
    path("accord/editions/", accord.Editions.as_view()),
    path("accord/editions/<id:number>/", accord.Edition.as_view()),
    path("accord/register/", accord.Register.as_view()),
    path("accord/register/<id:position>/", accord.RegisterLine.as_view()),
    path("accord/register/<id:position>/certificate/", accord.Certificate.as_view()),
    path("accord/signatures/", accord.Signatures.as_view()),
    path("cities/", cities.Cities.as_view()),
    path("cities/<name:slug>/", cities.City.as_view()),
    path("cities/<name:slug>/translations/<name:lang>/", cities.CityTranslation.as_view()),
    path("places/", cities.Places.as_view()),
    path("networks/", cities.Networks.as_view()),
    path("themes/", cities.Themes.as_view()),
    path("targets/", cities.Targets.as_view()),
    path("applications/", applications.Applications.as_view()),
    path("applications/<id:pk>/", applications.Application.as_view()),
    path("applications/<id:pk>/confirm/", applications.Confirm.as_view()),
    path("applications/<id:pk>/amend/", applications.Amend.as_view()),
    path("applications/<id:pk>/return/", applications.Return.as_view()),
    path("applications/<id:pk>/admit/", applications.Admit.as_view()),
    path("applications/<id:pk>/refuse/", applications.Refuse.as_view()),
    path("officials/", officials.Officials.as_view()),
    path("officials/accept/", officials.Accept.as_view()),
    path("officials/<id:pk>/end/", officials.End.as_view()),
    path("me/", me.Me.as_view()),
    path("me/notices/", me.Notices.as_view()),
    path("tickets/", me.Tickets.as_view()),
    path("practices/", practices.Practices.as_view()),
    path("practices/<id:pk>/", practices.Practice.as_view()),
    path("practices/<id:pk>/submit/", practices.Submit.as_view()),
    path("practices/<id:pk>/publish/", practices.Publish.as_view()),
    path("practices/<id:pk>/return/", practices.Return.as_view()),
    path("practices/<id:pk>/withdraw/", practices.Withdraw.as_view()),
    path("practices/<id:pk>/translations/<name:lang>/", practices.Translation.as_view()),
    path("practices/<id:pk>/transfers/", practices.Transfers.as_view()),
    path("documents/", documents.Documents.as_view()),
    path("documents/<id:pk>/", documents.Document.as_view()),
    path("documents/<id:pk>/versions/", documents.Versions.as_view()),
    path("documents/<id:pk>/content/", documents.Content.as_view()),
    path("documents/<id:pk>/versions/<id:number>/content/", documents.VersionContent.as_view()),
    path("rooms/", rooms.Rooms.as_view()),
    path("rooms/<id:pk>/", rooms.Room.as_view()),
    path("rooms/<id:pk>/close/", rooms.Close.as_view()),
    path("rooms/<id:pk>/people/", rooms.People.as_view()),
    path("rooms/<id:pk>/read/", rooms.Read.as_view()),
    path("rooms/<id:pk>/messages/", rooms.Messages.as_view()),
    path("rooms/<id:pk>/messages/<id:seq>/", rooms.Message.as_view()),
    path("rooms/<id:pk>/messages/<id:seq>/reactions/", rooms.Reactions.as_view()),
    path("reports/", reports.Reports.as_view()),
    path("reports/<id:pk>/", reports.Report.as_view()),
    path("reports/<id:pk>/decide/", reports.Decide.as_view()),
    path("reports/<id:pk>/undo/", reports.Undo.as_view()),
    path("search/", search.Search.as_view()),
    path("history/<str:subject>/", history.History.as_view()),
    path("schema/", schema.Schema.as_view()),
    path("", schema.Start.as_view()),
    path("<path:rest>", Nowhere.as_view()),
]
