"""A city asks to join: place, form, code; and completing an application that came back. No script is needed."""

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from alliance.languages.state import reader_language
from alliance.languages.tongues import TONGUES
from members.actions import applications as actions
from members.policies.admission import may_decide
from members.queries import places
from members.queries.applications import application_shown_to

from .acting import refusals, status_of

KNOCKS = 30  # posts of one address in ten minutes
SENT = "applications"  # in the session: the numbers of those sent from this browser, or whose code was typed in it
MOST_SENT = 20
TEXTS = ("contact_name", "role", "motivation")


def _text(label, most, rows=0, help_text=""):
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"}) if rows else forms.TextInput(attrs={"dir": "auto"})
    return forms.CharField(label=label, max_length=most, help_text=help_text, widget=widget)


class ApplicationForm(forms.Form):
    place = forms.TypedChoiceField(label=gettext_lazy("Which of these places is it?"), coerce=int, widget=forms.RadioSelect)
    contact_name = _text(gettext_lazy("Who asks: an office or a name"), 120)
    contact_email = forms.EmailField(label=gettext_lazy("E-mail address of the city administration"), max_length=254)
    role = _text(gettext_lazy("Office or task in the city administration"), 120)
    motivation = _text(gettext_lazy("Why your city wants to join"), 4000, rows=7)
    language = forms.ChoiceField(label=gettext_lazy("Language in which we write to you"), choices=TONGUES)


@require_http_methods(["GET", "HEAD", "POST"])
def applying(request):
    """First the place by any of its names, then the form. places.js chooses the place while one types, and names it: `place`."""
    language = reader_language()
    given = request.POST if request.method == "POST" else request.GET
    asked = given.get("q", "").replace("\x00", "")[:100].strip()
    choices, chosen = _places_offered(asked, given.get("place", ""), language)
    form = ApplicationForm(request.POST or None, initial={"language": language, "place": chosen})
    form.fields["place"].choices = choices
    if request.method == "POST" and _knocks_too_often(request):
        form.add_error(None, _("Too many requests. Please wait a little."))
        form.refused_with = 429
    elif request.method == "POST" and form.is_valid():
        with refusals(form):
            application = actions.apply(**form.cleaned_data, actor=request.user if request.user.is_authenticated else None)
            _remember(request, application.pk)
            return redirect("applied", pk=application.pk)
    return render(request, "applications/apply.html", {"form": form, "asked": asked, "places": choices}, status=status_of(form))


def _places_offered(asked: str, wanted: str, language: str) -> tuple[list[tuple[int, str]], int | None]:
    """The places that `asked` may mean and the one named `wanted`, as choices; and which of them is chosen beforehand."""
    found = list(places.places_named(asked, 12)) if asked else []
    chosen = places.place(int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 12 else None
    if chosen and chosen not in found:
        found.insert(0, chosen)
    choices = [
        (place.id, f"{places.name_in(place.id, language)} · {places.country_name(place.country, language)}") for place in found
    ]
    return choices, chosen.id if chosen else choices[0][0] if len(choices) == 1 else None


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code of the e-mail"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        ),
    )


class AmendmentForm(CodeForm):
    contact_name = _text(gettext_lazy("Who asks: an office or a name"), 120)
    role = _text(gettext_lazy("Office or task in the city administration"), 120)
    motivation = _text(gettext_lazy("Why your city wants to join"), 4000, rows=7)


@require_http_methods(["GET", "HEAD", "POST"])
def applied(request, pk: int):
    """What became of an application, and the field for its code.

    The browser that sent it, or in which the code was typed, and those who may see it are told. Everybody else meets a field
    for a code, also at a number that no application has.
    """
    application = application_shown_to(request.user, pk, request.session.get(SENT, []))
    form = (AmendmentForm if "motivation" in request.POST else CodeForm)(request.POST or None)
    if request.method == "POST" and _knocks_too_often(request):
        form.add_error(None, _("Too many requests. Please wait a little."))
        form.refused_with = 429
    elif request.method == "POST" and form.is_valid():
        with refusals(form):
            return _with_code(request, pk, **form.cleaned_data)
    return render(request, "applications/applied.html", _context(request, application, form), status=status_of(form))


def _with_code(request, pk: int, code: str, **texts: str):
    """Take the step that the code of the letter opens: confirm the address, complete the application, or see where it stands."""
    application = actions.recognise(pk, code)
    state = application.state
    if state == "returned" and not texts:
        _remember(request, pk)
        form = AmendmentForm(initial={"code": code, **{name: getattr(application, name) for name in TEXTS}})
        return render(request, "applications/applied.html", _context(request, application, form))
    if state == "returned":
        actions.amend(pk, code, **texts, actor=None)
    elif state == "awaiting_contact":
        actions.confirm(pk, code, actor=None)
    if state in ("returned", "awaiting_contact"):
        messages.success(request, _("Thank you. The secretariat has your application now."))
    _remember(request, pk)
    return redirect("applied", pk=pk)


def _context(request, application, form: forms.Form) -> dict:
    if application is None:
        return {"form": form}
    place = places.name_in(application.place, reader_language())
    decides = bool(may_decide(request.user)) and application.state == "awaiting_decision"
    return {"application": application, "place": place, "form": form, "decides": decides}


def _remember(request, pk: int) -> None:
    """This browser has to do with the application."""
    request.session[SENT] = [pk, *(other for other in request.session.get(SENT, []) if other != pk)][:MOST_SENT]


def _knocks_too_often(request) -> bool:
    """Counted by address, in the process: enough against a program that guesses codes, which has five tries a code anyway."""
    key = f"knocks:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, 600)
    return cache.incr(key) > KNOCKS
