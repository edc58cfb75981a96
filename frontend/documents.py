"""Documents: shared, renewed, changed, translated, fetched."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.errors import Forbidden, Unknown
from alliance.languages.state import reader_language, text_of
from alliance.languages.tongues import TONGUES
from alliance.policy import require
from exchanges.actions import documents as actions
from exchanges.queries import documents, practices
from members.policies.standing import may_act_for, standing_of
from members.queries import cities

from .acting import refusals, status_of
from .caching import public_page
from .forms.audience import KINDS, AudienceForm
from .forms.cities import ActingForm
from .practice_writing import TranslationForm, city_asked

PAGE = 50


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        allow_empty_file=True,
        help_text=gettext_lazy(
            "PDF, office files (DOCX, ODT, PPTX, …), text or pictures, up to 25 MB. It is checked before anybody can open it."
        ),
    )


class DocumentForm(ActingForm, AudienceForm, FileForm):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    source_language = forms.ChoiceField(label=gettext_lazy("Language of the document"), choices=TONGUES)
    practice = forms.TypedChoiceField(label=gettext_lazy("Belongs to the practice"), coerce=int, required=False, empty_value=None)
    field_order = ["city", "file", "title", "source_language", "practice", "audience", "audience_cities"]

    def __init__(self, *args, who, **kwargs):
        super().__init__(*args, who=who, **kwargs)
        own = practices.practices_visible_to(who).filter(city__in=who.city_ids).order_by("-id")[:200]
        rows = practices.practice_rows(own, reader_language())
        self.fields["practice"].choices = [("", _("none")), *((row["id"], row["title"]) for row in rows)]


class ChangeForm(DocumentForm):
    """A document that exists: its city and its language stay, and its file is renewed elsewhere."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, document, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["city"], self.fields["source_language"], self.fields["file"]
        if document["audience"]["kind"] == "room":  # shared from within a room: there it may stay
            self.fields["audience"].choices = [*self.fields["audience"].choices, ("room", KINDS["room"])]

    def audience_changed(self) -> dict | None:
        """The audience as actions read it; None where it stays that of the room."""
        return None if self.cleaned_data["audience"] == "room" else self.audience_given()


class TitleForm(TranslationForm):
    """The title in one more language, and who put it there."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"origin", "title"}:
            del self.fields[name]


@require_safe
@public_page
def listing(request):
    """Documents one may see, the newest first."""
    who = standing_of(request.user)
    found = documents.documents_visible_to(who).order_by("-shared_at", "-id")
    rows = documents.document_rows(found[:PAGE], reader_language(), actor=who)
    rows.sort(key=lambda row: row["shared_at"], reverse=True)
    context = {
        "documents": rows,
        "may_share": any(may_act_for(who, pk) for pk in who.city_ids),
        "reader": reader_language(),
        "total": found.count(),
        "most": PAGE,
    }
    return render(request, "documents/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def sharing(request):
    """Share a document."""
    who = standing_of(request.user)
    practice = request.GET.get("practice", "")
    start = {"audience": "members", "source_language": reader_language(), "city": city_asked(request)}
    start["practice"] = int(practice) if practice.isascii() and practice.isdigit() and len(practice) < 16 else None
    form = DocumentForm(request.POST or None, request.FILES or None, who=who, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            given = form.cleaned_data
            document = actions.share(
                given["city"],
                title=given["title"],
                source_language=given["source_language"],
                audience=form.audience_given(),
                upload=given["file"],
                practice_id=given["practice"],
                actor=request.user,
            )
            messages.success(request, _("The document is shared. It is being checked now."))
            return redirect("document", pk=document.pk)
    may_share = any(may_act_for(who, pk) for pk in who.city_ids)
    return render(request, "documents/share.html", {"form": form, "may_share": may_share}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def showing(request, pk: int):
    """One document, its files, and for its city a field for a new one."""
    who = standing_of(request.user)
    document = _document(who, pk)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.add_version(pk, form.cleaned_data["file"], actor=request.user)
            messages.success(request, _("The new file is being checked."))
            return redirect("document", pk=pk)
    detail = documents.document_detail(document, reader_language(), actor=who)
    belongs = practices.practices_visible_to(who).filter(pk=document.practice_id) if document.practice_id else None
    available = detail["language"]["available"]
    context = {
        "document": detail,
        "form": form,
        "may": detail["rights"],
        "practice": next(iter(practices.practice_rows(belongs, reader_language())), None) if belongs is not None else None,
        "named": sorted(_named(document), key=lambda city: city["name"]),
        "untranslated": [code for code, _name in TONGUES if code not in available],
        "translated": [code for code in available if code != detail["language"]["source"]],
    }
    return render(request, "documents/document.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def changing(request, pk: int):
    """Change a document's title, its practice and who may see it."""
    who = standing_of(request.user)
    document = _document(who, pk)
    require(may_act_for(who, document.city_id))
    source = document.source_language
    detail = documents.document_detail(document, source, actor=who)
    start = {"title": text_of(document, "title", source), "practice": document.practice_id, "version": document.version}
    start |= {"audience": detail["audience"]["kind"], "audience_cities": detail["audience"]["cities"]}
    form = ChangeForm(request.POST or None, who=who, document=detail, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            given = form.cleaned_data
            more = {"practice_id": given["practice"], "version": given["version"]}
            actions.edit(pk, title=given["title"], audience=form.audience_changed(), **more, actor=request.user)
            messages.success(request, _("The change is kept. Translations are marked as stale until somebody goes over them."))
            return redirect("document", pk=pk)
    return render(request, "documents/change.html", {"form": form, "document": detail, "source": source}, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def translating(request, pk: int, lang: str):
    """Put a document's title into one more language, the original beside it."""
    who = standing_of(request.user)
    document = _document(who, pk)
    source = document.source_language
    original = documents.document_detail(document, source, actor=who)
    if not original["rights"]["translate"]["may"]:
        raise Forbidden(original["rights"]["translate"]["reason"])
    if lang not in dict(TONGUES) or lang == source:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    form = TitleForm(request.POST or None, initial={"title": text_of(document, "title", lang), "origin": "human"})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.translate(pk, lang, form.cleaned_data["title"], origin=form.cleaned_data["origin"], actor=request.user)
            messages.success(request, _("The translation is kept."))
            return redirect("document", pk=pk)
    context = {"form": form, "original": original, "lang": lang}
    return render(request, "documents/translate.html", context, status=status_of(form))


@login_required
@require_POST
def removing(request, pk: int):
    """Take a document back."""
    _document(standing_of(request.user), pk)
    actions.remove(pk, actor=request.user)
    messages.success(request, _("The document is taken back."))
    return redirect("documents")


@require_safe
def fetching(request, pk: int, number: int | None = None):
    """The file itself, for those who may see it."""
    who = standing_of(request.user)
    _document(who, pk)
    version = documents.version_for(who, pk, number)
    if version is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    if address := documents.address_of(version):
        answer: HttpResponse = HttpResponseRedirect(address)  # the bucket says the rest, when it is asked there
    else:
        answer = FileResponse(documents.bytes_of(version))
        for name, value in documents.headers_for(version).items():
            answer[name] = value
    answer["Cache-Control"] = "private, no-store"
    return answer


def _named(document) -> list[dict]:
    """The cities that a document is for, where it names some."""
    if document.audience_kind != "cities":
        return []
    return list(cities.briefs(document.audience_cities.values_list("pk", flat=True), reader_language()).values())


def _document(who, pk: int):
    document = documents.documents_visible_to(who).filter(pk=pk).first()
    if document is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    return document
