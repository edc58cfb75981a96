"""The list of practices once more, as one writes it with DRF's model serializers: with every row prefetched, and nothing cleverer.

What the API's own list is measured against (PERFORMANCE.md 8).
"""

from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination

from alliance.languages import state
from exchanges.models import Practice
from exchanges.queries.practices import practices_visible_to
from members.models import City


class CityShape(serializers.ModelSerializer):
    class Meta:
        model = City
        fields = ("slug", "name", "country")


class PracticeShape(serializers.ModelSerializer):
    city = CityShape()
    language = serializers.SerializerMethodField()
    audience = serializers.SerializerMethodField()
    themes = serializers.SerializerMethodField()
    targets = serializers.SerializerMethodField()
    hidden = serializers.SerializerMethodField()

    class Meta:
        model = Practice
        fields = (
            "id", "version", "city", "title", "summary", "language", "state", "hidden", "audience", "themes", "targets", "written_at",
            "published_at",
        )  # fmt: skip

    def get_language(self, practice):
        return state.note_of(practice, "fr")

    def get_audience(self, practice):
        cities = [city.slug for city in practice.audience_cities.all()]
        return {"kind": practice.audience_kind, "cities": cities, "room": practice.audience_room_id}

    def get_themes(self, practice):
        return [row.theme for row in practice.theme_rows.all()]

    def get_targets(self, practice):
        return [row.target for row in practice.target_rows.all()]

    def get_hidden(self, practice):
        return practice.hidden_at is not None


class Pages(CursorPagination):
    page_size = 50
    ordering = ("-written_at", "-id")


class PracticeList(generics.ListAPIView):
    serializer_class = PracticeShape
    pagination_class = Pages

    def get_queryset(self):
        rows = practices_visible_to(None).select_related("city")
        return rows.prefetch_related("theme_rows", "target_rows", "audience_cities")
