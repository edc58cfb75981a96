"""The charter, its register, and signing."""

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.response import Response

from alliance.accord.actions import signing
from alliance.accord.queries import editions, register
from alliance.accord.queries.certificates import certificate
from alliance.errors import Invalid
from members.queries.cities import cities_visible_to

from .answers import accord as answers
from .answers.parts import page_of
from .door import READING, Door
from .openapi import LISTS
from .pagination import listed
from .second_factor import require_second_factor


class Accord(Door):
    """The charter: the edition in force, with its articles, in the reader's language."""

    gives = {"GET": answers.Edition}

    kept = True
    open_to_visitors = READING

    def read(self, request):
        return editions.edition_in(self.found(editions.current()), self.language)


class Editions(Door):
    """Every edition of the charter, the first one first."""

    asks = {"GET": LISTS}
    gives = {"GET": page_of(answers.Edition)}

    kept = True
    open_to_visitors = READING

    def read(self, request):
        def rows(queryset):
            return [editions.edition_in(edition, self.language) for edition in queryset.prefetch_related("articles")]

        return listed(request, editions.editions(), rows, ("number",), known_by="number")


class Edition(Door):
    """One edition by its number."""

    gives = {"GET": answers.Edition}

    kept = True
    open_to_visitors = READING

    def read(self, request, number):
        return editions.edition_in(self.found(editions.edition(number)), self.language)


class Register(Door):
    """The public register, oldest line first. A line holds what its hash covers, and the hash: anybody can check it."""

    asks = {"GET": LISTS}
    gives = {"GET": page_of(answers.RegisterLine)}

    kept = True
    open_to_visitors = READING

    def read(self, request):
        def rows(queryset):
            return [register.line(entry) for entry in queryset]

        return listed(request, register.register(), rows, ("position",), known_by="position")


class RegisterLine(Door):
    """One line of the register, by its position."""

    gives = {"GET": answers.RegisterLine}

    kept = True
    open_to_visitors = READING

    def read(self, request, position):
        return register.line(self.found(register.entry(position)))


class Certificate(Door):
    """A line of the register as a certificate, in the reader's language: a PDF that can be printed."""

    gives = {"GET": "application/pdf"}

    kept = True
    open_to_visitors = READING

    def read(self, request, position):
        entry = self.found(register.entry(position))
        answer = HttpResponse(certificate(entry, self.language), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="register-{entry.position}.pdf"'
        return answer


class Deliberation(serializers.Serializer):
    """The act of the city council that mandates the signature."""

    date = serializers.DateField(help_text="The day of the decision.")
    reference = serializers.CharField(max_length=120, help_text="Its number or name in the council’s records.")
    votes_for = serializers.IntegerField(min_value=0, max_value=100_000, help_text="Votes in favour.")
    votes_against = serializers.IntegerField(min_value=0, max_value=100_000, help_text="Votes against.")
    abstentions = serializers.IntegerField(min_value=0, max_value=100_000, help_text="Abstentions.")
    record_url = serializers.URLField(
        required=False, allow_blank=True, max_length=200, help_text="Where the council’s record can be read."
    )


class SignatureInput(serializers.Serializer):
    """A city signs the charter."""

    city = serializers.CharField(max_length=80, help_text="Slug of the city.")
    edition_sha256 = serializers.CharField(max_length=64, help_text="`sha256` of the edition, as `accord/` gives it.")
    deliberation = Deliberation(help_text="The council’s decision.")
    reservation = serializers.CharField(
        max_length=4000,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="A public reservation, if there is one.",
    )


class Signatures(Door):
    """Sign the exact text of the charter for a city, on the council's deliberation.

    Needs a signatory's mandate. A superseded text, or a second signature of the same edition, is refused with 409.
    """

    takes = {"POST": SignatureInput}
    gives = {"POST": (answers.Signed, 201)}

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
