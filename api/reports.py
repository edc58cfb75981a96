"""Reports: a member says that something should not stand here; a moderator decides, and may undo."""

from rest_framework import serializers
from rest_framework.response import Response

from alliance.policy import require
from exchanges.actions import reports as actions
from exchanges.queries import reports
from members.policies.standing import may_moderate

from .answers import exchanges as answers
from .answers.parts import page_of
from .door import Door
from .openapi import LISTS
from .pagination import listed

REASONS = (
    ("hate", "hatred or contempt for people"),
    ("threat", "threat or harassment"),
    ("personal_data", "personal data of somebody"),
    ("false", "false or misleading"),
    ("rights", "somebody else’s rights"),
    ("other", "another reason, which `note` says"),
)
OUTCOMES = (("hide", "it goes out of sight"), ("keep", "it stands"))


class ReportInput(serializers.Serializer):
    """Something should not stand here."""

    subject = serializers.RegexField(
        r"^(message|practice|document):[0-9]{1,15}$", max_length=40, help_text="`message:ID`, `practice:ID` or `document:ID`."
    )
    reason = serializers.ChoiceField(choices=REASONS, help_text="Why.")
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="What the moderators should know.")


class DecisionInput(serializers.Serializer):
    """What a moderator decides."""

    outcome = serializers.ChoiceField(choices=OUTCOMES, help_text="What becomes of it.")
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="Why; moderators read it.")


class Reports(Door):
    """What members think should not stand."""

    takes = {"POST": ReportInput}
    asks = {"GET": LISTS}
    gives = {"GET": page_of(answers.Report), "POST": (answers.ReportBrief, 201)}

    def read(self, request):
        """All reports, newest first. For moderators and the secretariat."""
        require(may_moderate(self.who))
        return listed(request, reports.reports_visible_to(self.who), lambda page: reports.report_rows(page, actor=self.who))

    def post(self, request):
        """Report a message, a practice or a document that one sees: once, and not one's own."""
        given = self.given(ReportInput)
        report = actions.report(given["subject"], given["reason"], given.get("note", ""), actor=request.user)
        return Response({"id": report.pk, "state": report.state, "subject": report.subject}, status=201)


class OfReport(Door):
    """A view about one report, for moderators."""

    def row(self, pk: int) -> dict:
        rows = reports.report_rows(reports.reports_visible_to(self.who).filter(pk=pk), actor=self.who)
        return self.found(rows[0] if rows else None)


class Report(OfReport):
    """One report, for moderators and the secretariat."""

    gives = {"GET": answers.Report}

    def read(self, request, pk):
        return self.row(pk)


class Decide(OfReport):
    """Decide on a report: hide what was reported, or keep it. For moderators and the secretariat."""

    takes = {"POST": DecisionInput}
    gives = {"POST": answers.Report}

    def post(self, request, pk):
        self.row(pk)
        given = self.given(DecisionInput)
        actions.decide(pk, given["outcome"], given.get("note", ""), actor=request.user)
        return Response(self.row(pk))


class Undo(OfReport):
    """Undo the decision on a report. What was hidden stands again, and the report is open."""

    gives = {"POST": answers.Report}

    def post(self, request, pk):
        self.row(pk)
        actions.undo(pk, actor=request.user)
        return Response(self.row(pk))
