"""The person who asks."""

from rest_framework import serializers
from rest_framework.response import Response

from alliance.languages.tongues import CODES
from exchanges.queries.rooms import unread_of
from members.actions import accounts as actions
from members.actions import notices, tickets
from members.queries import accounts

from .answers import members as answers
from .answers.parts import page_of
from .door import Door
from .officials import shown as mandate
from .openapi import LISTS
from .pagination import listed


class AccountInput(serializers.Serializer):
    """What a person changes of their account."""

    label = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="The name that others see; empty, an office is named instead."
    )
    language = serializers.ChoiceField(choices=CODES, required=False, help_text="Language of the letters to the person.")


class NoticeInput(serializers.Serializer):
    """How far the notices were read."""

    read_up_to = serializers.IntegerField(min_value=0, max_value=2**53, help_text="Id of the newest notice that was read.")


class Me(Door):
    """The person who asks."""

    takes = {"PATCH": AccountInput}
    gives = {"GET": answers.Me, "PATCH": answers.Me}

    def read(self, request):
        """Who asks: the person, their mandates, what is unread, what is due."""
        person = request.user
        mandates = list(accounts.mandates_of(person.pk))
        due = [
            {"kind": "mandate_ends", "mandate": official.pk, "at": official.ends_at}
            for official in accounts.mandates_due(person.pk)
        ]
        due += [
            {"kind": "invitation", "mandate": official.pk, "city": official.city.slug}
            for official in accounts.invitations_for(person.email)
        ]
        return {
            "person": {
                "id": person.pk,
                "email": person.email,
                "label": person.label,
                "language": person.language,
                "staff_role": person.staff_role or None,
            },
            "mandates": [mandate(official) for official in mandates],
            "unread": {"messages": unread_of(self.who), "notices": accounts.notices_of(person.pk).filter(read_at=None).count()},
            "due": due,
        }

    def patch(self, request):
        """Change one's name shown, or one's language."""
        actions.describe(request.user.pk, **self.given(AccountInput), actor=request.user)
        request.user.refresh_from_db()
        return Response(self.read(request))


class Notices(Door):
    """One's notices."""

    takes = {"POST": NoticeInput}
    asks = {"GET": LISTS}
    gives = {"GET": page_of(answers.Notice), "POST": answers.Marked}

    def read(self, request):
        """One's notices, newest first."""

        def rows(page):
            return list(page.values("id", "name", "subject", "facts", "at", "read_at"))

        return listed(request, accounts.notices_of(request.user.pk), rows)

    def post(self, request):
        """Mark one's notices read, up to one of them."""
        return Response({"marked": notices.mark_read(self.given(NoticeInput)["read_up_to"], actor=request.user)})


class Tickets(Door):
    """Get a ticket for the socket. It opens one socket, once, within 30 seconds: `/ws/?ticket=…`."""

    gives = {"POST": (answers.Ticket, 201)}

    def post(self, request):
        session = request.session.session_key if request.auth is None and hasattr(request, "session") else ""
        return Response({"ticket": tickets.issue(session_key=session or "", actor=request.user)}, status=201)
