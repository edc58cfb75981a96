"""Reports: a member says that something should not stand here; a moderator decides, and may undo."""

from rest_framework import serializers
from rest_framework.response import Response

from alliance.policy import require
from exchanges.actions import reports as actions
from exchanges.queries import reports
from members.policies.standing import may_moderate

from .door import Door
from .openapi import LISTS
from .pagination import listed

REASONS = ("hate", "threat", "personal_data", "false", "rights", "other")


class ReportInput(serializers.Serializer):
    subject = serializers.RegexField(r"^(message|practice|document):[0-9]{1,15}$", max_length=40)
    reason = serializers.ChoiceField(choices=REASONS)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class DecisionInput(serializers.Serializer):
    outcome = serializers.ChoiceField(choices=("hide", "keep"))
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class Reports(Door):
    """Reports for moderators; any member may make one."""

    takes = {"POST": ReportInput}
    asks = LISTS

    def read(self, request):
        require(may_moderate(self.who))
        return listed(request, reports.reports_visible_to(self.who), lambda page: reports.report_rows(page, actor=self.who))

    def post(self, request):
        given = self.given(ReportInput)
        report = actions.report(given["subject"], given["reason"], given.get("note", ""), actor=request.user)
        return Response({"id": report.pk, "state": report.state, "subject": report.subject}, status=201)


class OfReport(Door):
    """A view about one report, for moderators."""

    def row(self, pk: int) -> dict:
        rows = reports.report_rows(reports.reports_visible_to(self.who).filter(pk=pk), actor=self.who)
        return self.found(rows[0] if rows else None)


class Report(OfReport):
    def read(self, request, pk):
        return self.row(pk)


class Decide(OfReport):
    """`hide` takes what was reported out of sight, `keep` leaves it."""

    takes = {"POST": DecisionInput}

    def post(self, request, pk):
        self.row(pk)
        given = self.given(DecisionInput)
        actions.decide(pk, given["outcome"], given.get("note", ""), actor=request.user)
        return Response(self.row(pk))


class Undo(OfReport):
    """The decision is undone: what was hidden stands again."""

    def post(self, request, pk):
        self.row(pk)
        actions.undo(pk, actor=request.user)
        return Response(self.row(pk))
