"""Documents: files with versions and an audience."""

import json

from django.http import FileResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from alliance.errors import Invalid
from alliance.languages.tongues import CODES
from exchanges.actions import documents as actions
from exchanges.queries import documents

from .answers import exchanges as answers
from .answers.parts import page_of
from .door import READING, Door
from .openapi import LISTS, Ask
from .pagination import listed
from .parsers import Json
from .practices import city_id_of
from .shapes import Audience


@extend_schema_field(Audience)
class AudienceField(serializers.Field):
    """An audience in a multipart form: JSON in a field."""

    def to_internal_value(self, data):
        if isinstance(data, str):
            try:
                data = json.loads(data[:50_000])
            except (ValueError, RecursionError):
                raise serializers.ValidationError(_("The audience is a JSON object.")) from None
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("The audience is a JSON object."))
        shape = Audience(data=data)
        shape.is_valid(raise_exception=True)
        return shape.validated_data

    def to_representation(self, value):
        return value


FILE = "The file: PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, text, Markdown, CSV or a picture, without macros, 25 MB at most."


class DocumentInput(serializers.Serializer):
    """A document of a city, as a form: `multipart/form-data`."""

    city = serializers.CharField(max_length=80, help_text="Slug of the city that shares it.")
    title = serializers.CharField(max_length=200, help_text="What it is.")
    source_language = serializers.ChoiceField(choices=CODES, help_text="Language of the title.")
    audience = AudienceField(required=False, help_text="Who may see it, as JSON in the field; member cities unless told.")
    practice = serializers.IntegerField(
        required=False, min_value=1, max_value=2**53, help_text="Id of the practice of the same city that it belongs to."
    )
    file = serializers.FileField(allow_empty_file=True, max_length=255, help_text=FILE)


class VersionInput(serializers.Serializer):
    """A newer file, as a form: `multipart/form-data`."""

    file = serializers.FileField(allow_empty_file=True, max_length=255, help_text=FILE)


class DocumentChange(serializers.Serializer):
    """What is to change; what is not named stays."""

    title = serializers.CharField(max_length=200, required=False, help_text="What it is.")
    audience = Audience(required=False, help_text="Who may see it.")


class Documents(Door):
    """Files that cities share."""

    takes = {"POST": DocumentInput}
    asks = {
        "GET": {
            "city": Ask("Only those of this city (slug)."),
            "practice": Ask("Only those that belong to this practice (id).", int),
            **LISTS,
        }
    }
    gives = {"GET": page_of(answers.DocumentRow), "POST": (answers.Document, 201)}

    open_to_visitors = READING
    parser_classes = [MultiPartParser, Json]

    def read(self, request):
        """Documents that one may see, the newest first."""
        queryset = documents.documents_visible_to(self.who)
        if slug := request.query_params.get("city", "").replace("\x00", "")[:80]:
            queryset = queryset.filter(city__slug=slug)
        if practice := request.query_params.get("practice", ""):
            if not practice.isascii() or not practice.isdigit() or len(practice) > 15:
                raise Invalid(_("“%(name)s” is a whole number.") % {"name": "practice"}, field="practice")
            queryset = queryset.filter(practice=int(practice))
        return listed(
            request, queryset, lambda page: documents.document_rows(page, self.language, actor=self.who), ("-shared_at", "-id")
        )

    def post(self, request):
        """Share a document for a city. The file is checked first: `state` is `scanning`, then `ready` or `quarantined`."""
        given = self.given(DocumentInput)
        document = actions.share(
            city_id_of(given["city"], request.user),
            title=given["title"],
            source_language=given["source_language"],
            audience=given.get("audience"),
            upload=given["file"],
            practice_id=given.get("practice"),
            actor=request.user,
        )
        return Response(documents.document_detail(document, self.language, actor=request.user), status=201)


class OfDocument(Door):
    """A view about one document that the asker may see; everybody else gets 404."""

    open_to_visitors = READING

    def document(self, pk: int):
        return self.found(documents.documents_visible_to(self.who).filter(pk=pk).first())


class Document(OfDocument):
    """One document; its city renames it, changes its audience or takes it back."""

    takes = {"PATCH": DocumentChange}
    gives = {"GET": answers.Document, "PATCH": answers.Document}

    def read(self, request, pk):
        """One document with its files, and what one may do."""
        return documents.document_detail(self.document(pk), self.language, actor=self.who)

    def patch(self, request, pk):
        """Rename a document of one's city, or change who may see it."""
        self.document(pk)
        document = actions.edit(pk, **self.given(DocumentChange), actor=request.user)
        return Response(documents.document_detail(document, self.language, actor=self.who))

    def delete(self, request, pk):
        """Take a document of one's city back."""
        self.document(pk)
        actions.remove(pk, actor=request.user)
        return Response(status=204)


class Versions(OfDocument):
    """The files of a document."""

    takes = {"POST": VersionInput}
    gives = {"GET": page_of(answers.File), "POST": (answers.Document, 201)}

    parser_classes = [MultiPartParser, Json]

    def read(self, request, pk):
        """The files of a document that one may know of, newest first, all on one page."""
        detail = documents.document_detail(self.document(pk), self.language, actor=self.who)
        return {"next": None, "previous": None, "results": detail["versions"]}

    def post(self, request, pk):
        """Add a newer file to a document of one's city. The one before is given until it is checked."""
        self.document(pk)
        actions.add_version(pk, self.given(VersionInput)["file"], actor=request.user)
        return Response(documents.document_detail(self.document(pk), self.language, actor=self.who), status=201)


class Content(OfDocument):
    """Fetch the current file. The answer may be a redirect (302) to the file store, where the operator has chosen so."""

    gives = {"GET": "application/octet-stream"}

    @property
    def public(self):
        return False

    def read(self, request, pk, number=None):
        self.document(pk)
        version = self.found(documents.version_for(self.who, pk, number))
        if address := documents.address_of(version):
            return HttpResponseRedirect(address)  # the bucket says the rest, when it is asked there
        answer = FileResponse(documents.bytes_of(version))
        for name, value in documents.headers_for(version).items():
            answer[name] = value
        return answer


class VersionContent(Content):
    """Fetch one version of the file, by its number. The answer may be a redirect, as for the current one."""
