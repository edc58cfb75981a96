"""What the secretariat does: decide on applications, and on the state of a city."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from alliance.errors import Unknown
from alliance.languages.state import reader_language
from alliance.policy import require
from members.actions import applications as actions
from members.actions import cities as city_actions
from members.policies.standing import may_keep_the_house
from members.queries import cities, places
from members.queries.applications import applications_visible_to

from .acting import refusals, status_of
from .second_factor import second_factor_required


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It goes into the e-mail to the city, and stays in the record."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


@login_required
@require_GET
def listing(request):
    """Applications, those that wait for a decision first."""
    require(may_keep_the_house(request.user))
    language = reader_language()
    found = applications_visible_to(request.user).order_by("-id")[:200]
    rows = [(application, places.name_in(application.place, language)) for application in found]
    waiting = [row for row in rows if row[0].state == "awaiting_decision"]
    return render(request, "desk/applications.html", {"waiting": waiting, "others": [row for row in rows if row not in waiting]})


DONE = {
    "admit": (actions.admit, gettext_lazy("The city is admitted, and its contact has an e-mail.")),
    "return": (actions.give_back, gettext_lazy("The city has an e-mail that asks it to complete the application.")),
    "refuse": (actions.refuse, gettext_lazy("The application is refused, and the city has an e-mail with your reason.")),
}


@login_required
@require_http_methods(["GET", "POST"])
@second_factor_required
def deciding(request, pk: int):
    """Admit, return or refuse, each with a reason."""
    require(may_keep_the_house(request.user))
    application = applications_visible_to(request.user).select_related("city").filter(pk=pk).first()
    if application is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    form = ReasonForm(request.POST or None)
    verb = request.POST.get("do", "")
    if request.method == "POST" and form.is_valid() and verb in DONE:
        with refusals(form):
            action, done = DONE[verb]
            action(pk, form.cleaned_data["reason"], actor=request.user)
            messages.success(request, str(done))
            return redirect("admissions")
    context = {"application": application, "place": places.name_in(application.place, reader_language()), "form": form}
    return render(request, "desk/application.html", context, status=status_of(form))


class StateForm(ReasonForm):
    after = forms.ChoiceField(
        label=gettext_lazy("New state"),
        choices=[
            ("on_hold", gettext_lazy("on hold")),
            ("admitted", gettext_lazy("taken up again")),
            ("excluded", gettext_lazy("excluded")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ["after", "reason"]

    def offer_after(self, state: str) -> None:
        """Show the states only that a city in this one can come to. What overtook the page is still told by the action."""
        after = self.fields["after"]
        after.widget.choices = [choice for choice in after.choices if (state, choice[0]) in city_actions.STEPS]


@login_required
@require_GET
def seats(request):
    """Every city with its state."""
    require(may_keep_the_house(request.user))
    rows = cities.city_rows(cities.cities_visible_to(request.user), reader_language())
    return render(request, "desk/seats.html", {"cities": sorted(rows, key=lambda row: row["name"])})


@login_required
@require_http_methods(["GET", "POST"])
@second_factor_required
def seating(request, slug: str):
    """Put a city on hold, take it up again, exclude it."""
    require(may_keep_the_house(request.user))
    city = cities.cities_visible_to(request.user).filter(slug=slug).first()
    if city is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    form = StateForm(request.POST or None)
    form.offer_after(city.state)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            city_actions.change_state(city.pk, form.cleaned_data["after"], form.cleaned_data["reason"], actor=request.user)
            messages.success(request, _("The city’s state is changed, and the record keeps your reason."))
            return redirect("seats")
    return render(
        request, "desk/seat.html", {"city": cities.city_row(city, reader_language()), "form": form}, status=status_of(form)
    )
