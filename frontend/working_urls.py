"""The addresses under /{lang}/ of the pages for those who are signed in."""

from django.urls import path, register_converter

from . import admission, desk, documents, moderation, officials, practice_writing, rooms, signing


class Number:
    """An id that fits a database: a giant number is an address that does not exist."""

    regex = "[0-9]{1,15}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value) -> str:
        return str(value)


register_converter(Number, "number")

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/read/", desk.reading, name="notices_reading"),
    path("desk/applications/", admission.listing, name="admissions"),
    path("desk/applications/<number:pk>/", admission.deciding, name="application_deciding"),
    path("desk/practices/", practice_writing.submissions, name="submissions"),
    path("desk/practices/<number:pk>/", practice_writing.deciding, name="practice_deciding"),
    path("desk/cities/", admission.seats, name="seats"),
    path("desk/cities/<slug:slug>/", admission.seating, name="seating"),
    path("desk/reports/", moderation.listing, name="moderation"),
    path("desk/reports/<number:pk>/", moderation.deciding, name="report_deciding"),
    path("report/<slug:kind>/<number:pk>/", rooms.reporting, name="reporting"),
    path("cities/<slug:slug>/officials/", officials.listing, name="officials"),
    path("cities/<slug:slug>/describe/", officials.describing, name="city_describing"),
    path("cities/<slug:slug>/facts/", officials.facts, name="city_facts"),
    path("cities/<slug:slug>/sign/", signing.signing, name="signing"),
    path("cities/<slug:slug>/withdraw/", signing.withdrawing, name="signature_withdrawing"),
    path("officials/<number:pk>/end/", officials.ending, name="official_ending"),
    path("practices/write/", practice_writing.writing, name="practice_writing"),
    path("practices/<number:pk>/change/", practice_writing.changing, name="practice_changing"),
    path("practices/<number:pk>/translate/<slug:lang>/", practice_writing.translating, name="practice_translating"),
    path("practices/<number:pk>/submit/", practice_writing.stepping, {"verb": "submit"}, name="practice_submitting"),
    path("practices/<number:pk>/withdraw/", practice_writing.stepping, {"verb": "withdraw"}, name="practice_withdrawing"),
    path("practices/<number:pk>/transfer/", practice_writing.transferring, name="practice_transferring"),
    path("documents/", documents.listing, name="documents"),
    path("documents/share/", documents.sharing, name="document_sharing"),
    path("documents/<number:pk>/", documents.showing, name="document"),
    path("documents/<number:pk>/change/", documents.changing, name="document_changing"),
    path("documents/<number:pk>/translate/<slug:lang>/", documents.translating, name="document_translating"),
    path("documents/<number:pk>/remove/", documents.removing, name="document_removing"),
    path("documents/<number:pk>/content/", documents.fetching, name="document_content"),
    path("documents/<number:pk>/versions/<number:number>/", documents.fetching, name="document_version"),
    path("rooms/", rooms.listing, name="rooms"),
    path("rooms/open/", rooms.opening, name="room_opening"),
    path("rooms/<number:pk>/", rooms.talking, name="room"),
    path("rooms/<number:pk>/people/", rooms.people, name="room_people"),
    path("rooms/<number:pk>/leave/", rooms.leaving, name="room_leaving"),
    path("rooms/<number:pk>/close/", rooms.closing, name="room_closing"),
    path("rooms/<number:pk>/messages/<number:seq>/", rooms.editing, name="room_editing"),
    path("rooms/<number:pk>/messages/<number:seq>/react/", rooms.reacting, name="room_reacting"),
]
