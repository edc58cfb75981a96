"""The charter, its register, and signing."""

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.response import Response

from alliance.accord.actions import signing
from alliance.accord.queries import editions, register
from alliance.accord.queries.certificates import certificate
from alliance.errors import Invalid
from members.queries.cities import cities_visible_to

from .door import Door
from .openapi import LISTS
from .pagination import listed
from .second_factor import require_second_factor


class Accord(Door):
    """The edition in force."""

    kept = open_to_visitors = True

    def read(self, request):
        return editions.edition_in(self.found(editions.current()), self.language)


class Editions(Door):
    """Every edition."""

    asks = LISTS

    kept = open_to_visitors = True

    def read(self, request):
        def rows(queryset):
            return [editions.edition_in(edition, self.language) for edition in queryset.prefetch_related("articles")]

        return listed(request, editions.editions(), rows, ("number",), known_by="number")


class Edition(Door):
    """One edition by its number."""

    kept = open_to_visitors = True

    def read(self, request, number):
        return editions.edition_in(self.found(editions.edition(number)), self.language)


class Register(Door):
    """The public register, oldest line first. A line holds what its hash covers, the hash, and nothing else."""

    asks = LISTS

    kept = open_to_visitors = True

    def read(self, request):
        def rows(queryset):
            return [register.line(entry) for entry in queryset]

        return listed(request, register.register(), rows, ("position",), known_by="position")


class RegisterLine(Door):
    """One line of the register."""

    kept = open_to_visitors = True

    def read(self, request, position):
        return register.line(self.found(register.entry(position)))


class Certificate(Door):
    """A line of the register as a certificate (PDF)."""

    gives_bytes = True

    kept = open_to_visitors = True

    def read(self, request, position):
        entry = self.found(register.entry(position))
        answer = HttpResponse(certificate(entry, self.language), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="register-{entry.position}.pdf"'
        return answer


class Deliberation(serializers.Serializer):
    date = serializers.DateField()
    reference = serializers.CharField(max_length=120)
    votes_for = serializers.IntegerField(min_value=0, max_value=100_000)
    votes_against = serializers.IntegerField(min_value=0, max_value=100_000)
    abstentions = serializers.IntegerField(min_value=0, max_value=100_000)
    record_url = serializers.URLField(required=False, allow_blank=True, max_length=200)


class SignatureInput(serializers.Serializer):
    city = serializers.CharField(max_length=80)
    edition_sha256 = serializers.CharField(max_length=64)
    deliberation = Deliberation()
    reservation = serializers.CharField(max_length=4000, required=False, allow_blank=True, allow_null=True)


class Signatures(Door):
    """Sign the exact text, on the council's deliberation."""

    takes = {"POST": SignatureInput}

    def post(self, request):
        require_second_factor(request)
        given = self.given(SignatureInput)
        city = cities_visible_to(request.user).filter(slug=given["city"]).first()
        if city is None:
            from django.utils.translation import gettext as _

            raise Invalid(_("There is no such city."), field="city")
        signature = signing.sign(
            city.pk,
            given["edition_sha256"],
            given["deliberation"],
            reservation=given.get("reservation") or "",
            actor=request.user,
        )
        lines = [register.line(entry) for entry in register.lines_of(city.slug) if entry.edition == signature.edition.number]
        return Response({**lines[0], "reservation": signature.reservation}, status=201)
