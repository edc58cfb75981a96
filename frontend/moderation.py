"""The moderators' desk: what was reported, decisions, and undoing them."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from alliance.errors import Unknown
from alliance.policy import require
from exchanges.actions import reports as actions
from exchanges.queries import reports
from members.policies.standing import may_moderate, standing_of

from .acting import refusals, status_of
from .rooms import place_of


class DecisionForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why you decide so"),
        help_text=gettext_lazy("Kept with the decision; the moderators read it."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


@login_required
@require_GET
def listing(request):
    """Reports, the open ones first."""
    who = standing_of(request.user)
    require(may_moderate(who))
    found = reports.reports_visible_to(who).order_by("-id")[:200]
    rows = reports.report_rows(found, actor=who)
    return render(
        request, "moderation/list.html", {"reports": sorted(rows, key=lambda row: (row["state"] != "open", -row["id"]))}
    )


@login_required
@require_http_methods(["GET", "POST"])
def deciding(request, pk: int):
    """Hide what was reported, keep it, or undo the decision."""
    who = standing_of(request.user)
    require(may_moderate(who))
    rows = reports.report_rows(reports.reports_visible_to(who).filter(pk=pk), actor=who)
    if not rows:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    form = DecisionForm(request.POST or None)
    verb = request.POST.get("do", "")
    if request.method == "POST" and form.is_valid() and verb in ("hide", "keep", "undo"):
        with refusals(form):
            if verb == "undo":
                actions.undo(pk, actor=request.user)
            else:
                actions.decide(pk, verb, form.cleaned_data["note"], actor=request.user)
            messages.success(request, _("Your decision is kept."))
            return redirect("moderation")
    kind = rows[0]["subject"].partition(":")[0]
    thing = reports.subject_seen_by(who, rows[0]["subject"])
    context = {"report": rows[0], "form": form, "kind": kind, "place": place_of(kind, thing) if thing else ""}
    return render(request, "moderation/decide.html", context, status=status_of(form))
