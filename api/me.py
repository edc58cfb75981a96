"""The person who asks."""

from rest_framework import serializers
from rest_framework.response import Response

from alliance.languages.tongues import CODES
from exchanges.queries.rooms import unread_of
from members.actions import accounts as actions
from members.actions import notices, tickets
from members.queries import accounts

from .door import Door
from .officials import shown as mandate
from .openapi import LISTS
from .pagination import listed


class PersonInput(serializers.Serializer):
    label = serializers.CharField(max_length=120, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=CODES, required=False)


class NoticeInput(serializers.Serializer):
    read_up_to = serializers.IntegerField(min_value=0, max_value=2**53)


class Me(Door):
    """Person, mandates, what is unread, what is due."""

    takes = {"PATCH": PersonInput}

    def read(self, request):
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
        actions.describe(request.user.pk, **self.given(PersonInput), actor=request.user)
        request.user.refresh_from_db()
        return Response(self.read(request))


class Notices(Door):
    """One's notices, newest first. POST `{read_up_to}` marks them read."""

    takes = {"POST": NoticeInput}
    asks = LISTS

    def read(self, request):
        def rows(page):
            return list(page.values("id", "name", "subject", "facts", "at", "read_at"))

        return listed(request, accounts.notices_of(request.user.pk), rows)

    def post(self, request):
        return Response({"marked": notices.mark_read(self.given(NoticeInput)["read_up_to"], actor=request.user)})


class Tickets(Door):
    """A ticket opens one socket, once, within 30 seconds."""

    def post(self, request):
        session = request.session.session_key if request.auth is None and hasattr(request, "session") else ""
        return Response({"ticket": tickets.issue(session_key=session or "", actor=request.user)}, status=201)
