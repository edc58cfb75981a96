"""Documents: shared, renewed, fetched."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.errors import Unknown
from alliance.languages.state import reader_language
from alliance.languages.tongues import TONGUES
from exchanges.actions import documents as actions
from exchanges.queries import documents, practices
from members.policies.standing import may_act_for, standing_of

from .acting import refusals, status_of
from .caching import public_page
from .forms.audience import AudienceForm
from .forms.cities import ActingForm
from .practice_writing import city_asked

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
    context = {"document": detail, "form": form, "may_change": bool(may_act_for(who, document.city_id)), "member": who.member}
    return render(request, "documents/document.html", context, status=status_of(form))


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


def _document(who, pk: int):
    document = documents.documents_visible_to(who).filter(pk=pk).first()
    if document is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    return document
