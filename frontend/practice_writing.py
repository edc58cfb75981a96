"""Describing a practice: writing, handing in, translating, taking back; and what the secretariat does with it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.errors import Invalid, Unknown
from alliance.languages.state import reader_language, text_of
from alliance.languages.tongues import TONGUES
from alliance.policy import require
from alliance.search import thesaurus
from exchanges.actions import practices as actions
from exchanges.policies.practices import may_translate
from exchanges.queries import practices, targets
from members.policies.standing import may_act_for, may_keep_the_house, standing_of
from members.queries import cities

from .acting import refusals, status_of
from .forms.audience import AudienceForm
from .forms.cities import ActingForm
from .practices import target_code
from .second_factor import second_factor_required

TEXTS = ("title", "summary", "context", "action", "results", "failed", "cost")


def _long(label, help_text="", most=10_000, rows=6, required=False):
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, help_text=help_text, max_length=most, required=required, widget=widget)


class TextsForm(forms.Form):
    """The texts of a practice in one language. A draft may be unfinished: only the title is needed to keep it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    summary = _long(gettext_lazy("In two sentences"), gettext_lazy("What lists and searches show."), most=600, rows=3)
    context = _long(gettext_lazy("The context"), gettext_lazy("What was the situation, and for whom?"))
    action = _long(gettext_lazy("What was done"), gettext_lazy("Steps, who did them, how long it took."))
    results = _long(gettext_lazy("What came of it"), gettext_lazy("What changed, and how you know."))
    failed = _long(
        gettext_lazy("What did not work"), gettext_lazy("The most useful part for others. Nobody is blamed for it here.")
    )
    cost = _long(gettext_lazy("What it cost"), gettext_lazy("Money, people, time; a range is enough."), most=2000, rows=3)

    def texts(self) -> dict[str, str]:
        """The texts as actions take them."""
        return {name: self.cleaned_data[name] for name in TEXTS}


class PracticeForm(ActingForm, TextsForm, AudienceForm):
    source_language = forms.ChoiceField(label=gettext_lazy("Language you write in"), choices=TONGUES)
    themes = forms.MultipleChoiceField(label=gettext_lazy("Themes"), required=False, widget=forms.CheckboxSelectMultiple)
    targets = forms.MultipleChoiceField(label=gettext_lazy("Aims it serves"), required=False, widget=forms.CheckboxSelectMultiple)
    field_order = ["city", "source_language", *TEXTS, "themes", "targets", "audience", "audience_cities"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        language = reader_language()
        self.fields["themes"].choices = [(row["id"], row["label"]) for row in thesaurus.themes(language)]
        self.fields["targets"].choices = [
            (row["id"], f"{target_code(row['id'])} {row['label']}") for row in targets.targets(language)
        ]


class ChangeForm(PracticeForm):
    """A practice that exists: its city and its source language stay."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["city"], self.fields["source_language"]


@login_required
@require_http_methods(["GET", "POST"])
def writing(request):
    """Begin to describe a practice."""
    who = standing_of(request.user)
    start = {"source_language": reader_language(), "audience": "public", "city": city_asked(request)}
    form = PracticeForm(request.POST or None, who=who, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            given = form.cleaned_data
            practice = actions.draft(
                given["city"],
                source_language=given["source_language"],
                texts=form.texts(),
                themes=given["themes"],
                targets=given["targets"],
                audience=form.audience_given(),
                actor=request.user,
            )
            messages.success(request, _("Your draft is kept. Hand it in when it is complete."))
            return redirect("practice", pk=practice.pk)
    own = any(may_act_for(who, pk) for pk in who.city_ids)
    return render(request, "practices/write.html", {"form": form, "may_write": own}, status=status_of(form))


def city_asked(request) -> int | None:
    slug = request.GET.get("city", "")[:80].replace("\x00", "")
    return cities.cities_visible_to(request.user).filter(slug=slug).values_list("pk", flat=True).first()


@login_required
@require_http_methods(["GET", "POST"])
def changing(request, pk: int):
    """Change a practice in the language it was written in."""
    who = standing_of(request.user)
    practice = _practice(who, pk)
    require(may_act_for(who, practice.city_id))
    source = practice.source_language
    start: dict = {name: text_of(practice, name, source) for name in TEXTS}
    detail = practices.practice_detail(practice, source, actor=who)
    start |= {"themes": _ids(detail["themes"]), "targets": _ids(detail["targets"]), "version": practice.version}
    start |= {"audience": practice.audience_kind, "audience_cities": detail["audience"]["cities"]}
    form = ChangeForm(request.POST or None, who=who, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            given = form.cleaned_data
            more = {name: given[name] for name in ("themes", "targets", "version")}
            actions.edit(pk, texts=form.texts(), audience=form.audience_given(), **more, actor=request.user)
            messages.success(request, _("The change is kept. Translations are marked as stale until somebody goes over them."))
            return redirect("practice", pk=pk)
    return render(request, "practices/change.html", {"form": form, "practice": detail, "source": source}, status=status_of(form))


def _ids(rows) -> list[str]:
    return [row["id"] if isinstance(row, dict) else row for row in rows]


class TranslationForm(TextsForm):
    origin = forms.ChoiceField(
        label=gettext_lazy("Who wrote this translation?"),
        choices=[
            ("human", gettext_lazy("a person")),
            ("checked", gettext_lazy("a person, and a second one checked it")),
            ("machine", gettext_lazy("a machine, and nobody has checked it")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ["origin", *TEXTS]


@login_required
@require_http_methods(["GET", "POST"])
def translating(request, pk: int, lang: str):
    """Put a practice into one more language, the original beside it."""
    who = standing_of(request.user)
    practice = _practice(who, pk)
    require(may_translate(who, practice))
    if lang not in dict(TONGUES) or lang == practice.source_language:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    start = {name: text_of(practice, name, lang) for name in TEXTS} | {"origin": "human"}
    form = TranslationForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.translate(pk, lang, form.texts(), origin=form.cleaned_data["origin"], actor=request.user)
            messages.success(request, _("The translation is kept."))
            return redirect("practice", pk=pk)
    original = practices.practice_detail(practice, practice.source_language, actor=who)
    context = {"form": form, "original": original, "lang": lang, "fields": [(form[name], original[name]) for name in TEXTS]}
    return render(request, "practices/translate.html", context, status=status_of(form))


class ReasonForm(forms.Form):
    reason = _long(gettext_lazy("Reason, in a sentence the city can act on"), most=4000, rows=4, required=True)


@login_required
@require_POST
def stepping(request, pk: int, verb: str):
    """Hand in or take back: the city's own steps."""
    _practice(standing_of(request.user), pk)
    done = {"submit": _("The secretariat has your practice now."), "withdraw": _("The practice is taken back.")}
    try:
        getattr(actions, verb)(pk, actor=request.user)
    except Invalid as missing:  # a sentence alone would leave the office in front of a wall: the form is where it goes on
        messages.error(request, str(missing.reason))
        return redirect("practice_changing", pk=pk)
    messages.success(request, done[verb])
    return redirect("practice", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
@second_factor_required
def deciding(request, pk: int):
    """The secretariat publishes a practice or gives it back."""
    who = standing_of(request.user)
    practice = _practice(who, pk)
    require(may_keep_the_house(who))
    form = ReasonForm(request.POST if request.POST.get("do") == "return" else None)
    if request.method == "POST":
        with refusals(form):
            if request.POST.get("do") == "publish":
                actions.publish(pk, actor=request.user)
                messages.success(request, _("The practice is published."))
                return redirect("practice", pk=pk)
            if form.is_valid():
                actions.give_back(pk, form.cleaned_data["reason"], actor=request.user)
                messages.success(request, _("The city has its practice back, with your reason."))
                return redirect("submissions")
    detail = practices.practice_detail(practice, reader_language(), actor=who)
    return render(request, "practices/decide.html", {"form": form, "practice": detail}, status=status_of(form))


@login_required
@require_GET
def submissions(request):
    """What waits for the secretariat."""
    who = standing_of(request.user)
    require(may_keep_the_house(who))
    waiting = practices.practices_visible_to(who).filter(state="submitted").order_by("id")
    return render(request, "practices/submissions.html", {"practices": practices.practice_rows(waiting[:100], reader_language())})


class TransferForm(ActingForm):
    note = _long(gettext_lazy("What you took, and what you changed"), most=2000, rows=4)


@login_required
@require_http_methods(["GET", "POST"])
def transferring(request, pk: int):
    """Another city takes this up."""
    who = standing_of(request.user)
    practice = _practice(who, pk)
    form = TransferForm(request.POST or None, who=who)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.transfer(pk, form.cleaned_data["city"], form.cleaned_data["note"], actor=request.user)
            messages.success(request, _("Thank you. The city that shared this hears of it."))
            return redirect("practice", pk=pk)
    detail = practices.practice_detail(practice, reader_language(), actor=who)
    return render(request, "practices/transfer.html", {"form": form, "practice": detail}, status=status_of(form))


def _practice(who, pk: int):
    practice = practices.practices_visible_to(who).filter(pk=pk).first()
    if practice is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    return practice
