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

from .door import Door
from .openapi import LISTS
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
        shape = Audience(data=data)
        shape.is_valid(raise_exception=True)
        return shape.validated_data

    def to_representation(self, value):
        return value


class DocumentInput(serializers.Serializer):
    city = serializers.CharField(max_length=80)
    title = serializers.CharField(max_length=200)
    source_language = serializers.ChoiceField(choices=CODES)
    audience = AudienceField(required=False)
    practice = serializers.IntegerField(required=False, min_value=1, max_value=2**53)
    file = serializers.FileField(allow_empty_file=True, max_length=255)


class VersionInput(serializers.Serializer):
    file = serializers.FileField(allow_empty_file=True, max_length=255)


class DocumentChange(serializers.Serializer):
    title = serializers.CharField(max_length=200, required=False)
    audience = Audience(required=False)


class Documents(Door):
    """Documents one may see, the newest first. Filters: `city`, `practice`."""

    takes = {"POST": DocumentInput}
    asks = ("city", "practice", *LISTS)

    open_to_visitors = True
    parser_classes = [MultiPartParser, Json]

    def read(self, request):
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
        if not request.user.is_authenticated:
            self.permission_denied(request)
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

    open_to_visitors = True

    def document(self, pk: int):
        return self.found(documents.documents_visible_to(self.who).filter(pk=pk).first())

    def known(self) -> None:
        if not self.request.user.is_authenticated:
            self.permission_denied(self.request)


class Document(OfDocument):
    """One document; its city renames it, changes its audience or takes it back."""

    takes = {"PATCH": DocumentChange}

    def read(self, request, pk):
        return documents.document_detail(self.document(pk), self.language, actor=self.who)

    def patch(self, request, pk):
        self.known()
        self.document(pk)
        document = actions.edit(pk, **self.given(DocumentChange), actor=request.user)
        return Response(documents.document_detail(document, self.language, actor=self.who))

    def delete(self, request, pk):
        self.known()
        self.document(pk)
        actions.remove(pk, actor=request.user)
        return Response(status=204)


class Versions(OfDocument):
    """The files of a document; POST adds one."""

    takes = {"POST": VersionInput}

    parser_classes = [MultiPartParser, Json]

    def read(self, request, pk):
        detail = documents.document_detail(self.document(pk), self.language, actor=self.who)
        return {"next": None, "previous": None, "results": detail["versions"]}

    def post(self, request, pk):
        self.known()
        self.document(pk)
        actions.add_version(pk, self.given(VersionInput)["file"], actor=request.user)
        return Response(documents.document_detail(self.document(pk), self.language, actor=self.who), status=201)


class Content(OfDocument):
    """The bytes: of the current file, or of version `number`."""

    gives_bytes = True

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
