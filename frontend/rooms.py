"""Rooms: the talk of the cities. Works by reload; room.js makes it live."""

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance.errors import Unknown
from alliance.languages.state import reader_language
from alliance.policy import require
from exchanges.actions import reports
from exchanges.actions import rooms as actions
from exchanges.policies import rooms as policies
from exchanges.queries import rooms
from exchanges.queries.reports import subject_seen_by
from members.policies.standing import standing_of

from .acting import refusals, status_of
from .forms.audience import AudienceForm
from .forms.cities import ActingForm

PAGE = 60
SIGNS = ("👍", "❤️", "👏", "🙏", "✅", "👀")


class RoomForm(ActingForm, AudienceForm):
    kinds = ("members", "cities", "own", "room")
    title = forms.CharField(label=gettext_lazy("What the room is about"), max_length=200)
    field_order = ["city", "title", "audience", "audience_cities"]


class MessageForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=4000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    nonce = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reply_to = forms.IntegerField(required=False, min_value=1, max_value=2**53, widget=forms.HiddenInput)


class PersonForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail address of the person"), max_length=254)


@login_required
@require_GET
def listing(request):
    """One's rooms."""
    who = standing_of(request.user)
    found = rooms.room_rows(rooms.by_newest_talk(rooms.rooms_visible_to(who)), who, reader_language())
    found.sort(key=lambda row: row["last_posted_at"] or row["opened_at"], reverse=True)
    return render(request, "rooms/list.html", {"rooms": found, "may_open": policies.may_open(who), "member": who.member})


@login_required
@require_http_methods(["GET", "POST"])
def opening(request):
    """Open a room."""
    who = standing_of(request.user)
    start = {"audience": "cities" if request.GET.get("with") else "members", "audience_cities": request.GET.getlist("with")[:50]}
    form = RoomForm(request.POST or None, who=who, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            given = form.cleaned_data
            room = actions.open_room(given["title"], form.audience_given(), city_id=given["city"], actor=request.user)
            return redirect("room", pk=room.pk)
    return render(request, "rooms/open.html", {"form": form, "may_open": policies.may_open(who)}, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def talking(request, pk: int):
    """One room: what is said, and a field to say something. `?before=` shows earlier messages."""
    who = standing_of(request.user)
    room = _room(who, pk)
    reply_to = _number(request.GET.get("reply_to", ""))
    form = MessageForm(request.POST or None, initial={"nonce": uuid.uuid4().hex, "reply_to": reply_to})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.post(pk, **form.cleaned_data, actor=request.user)
            return redirect(f"{request.path}#end")
    before_seq = _number(request.GET.get("before", ""))
    said = rooms.message_rows(rooms.messages_in(pk, before=before_seq, most=PAGE), reader_language())
    mine = rooms.room_rows(rooms.rooms_visible_to(who), who, reader_language())
    here = next(row for row in mine if row["id"] == pk)
    if before_seq is None and said and request.method == "GET":
        actions.mark_read(pk, said[-1]["seq"], actor=request.user)
    context = {
        "room": here,
        "rooms": sorted(mine, key=lambda row: row["last_posted_at"] or row["opened_at"], reverse=True)[:30],
        "said": said,
        "first_unread": here["read_seq"] + 1,
        "form": form,
        "reply_to": _number(str(form["reply_to"].value() or "")),
        "may_post": policies.may_post(who, room),
        "may_close": policies.may_close(who, room),
        "me": request.user.pk,
        "signs": SIGNS,
        "earlier": said[0]["seq"] if said and said[0]["seq"] > 1 else None,
    }
    return render(request, "rooms/room.html", context, status=status_of(form))


def _number(text: str) -> int | None:
    """A message's number in an address; whatever else stands there is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


@login_required
@require_http_methods(["GET", "POST"])
def people(request, pk: int):
    """Who is in a room; bring somebody in."""
    who = standing_of(request.user)
    room = _room(who, pk)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.add_person(pk, email=form.cleaned_data["email"], actor=request.user)
            messages.success(request, _("The person is in the room now."))
            return redirect("room_people", pk=pk)
    context = {
        "room": room,
        "people": rooms.people_rows(room, reader_language()),
        "form": form,
        "may_add": policies.may_add_people(who, room),
        "may_leave": policies.may_remove_person(who, room, request.user.pk, by_mandate=rooms.in_by_mandate(room, who)),
    }
    return render(request, "rooms/people.html", context, status=status_of(form))


@login_required
@require_POST
def leaving(request, pk: int):
    """Leave a room one was brought into by name; who is in it by mandate is told why they stay."""
    _room(standing_of(request.user), pk)
    actions.remove_person(pk, request.user.pk, actor=request.user)
    messages.success(request, _("You have left the room."))
    return redirect("rooms")


@login_required
@require_POST
def closing(request, pk: int):
    """Close a room."""
    _room(standing_of(request.user), pk)
    actions.close(pk, actor=request.user)
    messages.success(request, _("The room is closed. It can still be read."))
    return redirect("room", pk=pk)


class EditForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=4000, strip=False, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )


@login_required
@require_http_methods(["GET", "POST"])
def editing(request, pk: int, seq: int):
    """Change or take back what one said."""
    who = standing_of(request.user)
    _room(who, pk)
    message = rooms.message(pk, seq)
    if message is None or message.removed_at:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    require(policies.may_change(who, message))
    form = EditForm(request.POST or None, initial={"text": message.text})
    if request.method == "POST" and request.POST.get("do") == "remove":
        actions.remove(pk, seq, actor=request.user)
        return redirect("room", pk=pk)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.edit(pk, seq, form.cleaned_data["text"], actor=request.user)
            return redirect("room", pk=pk)
    return render(request, "rooms/edit.html", {"form": form, "room": message.room, "seq": seq}, status=status_of(form))


@login_required
@require_POST
def reacting(request, pk: int, seq: int):
    """Put a sign under a message, or take it away."""
    _room(standing_of(request.user), pk)
    actions.react(pk, seq, request.POST.get("sign", ""), on=request.POST.get("on") != "0", actor=request.user)
    return redirect(f"{_address(pk)}#m{seq}")


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why should this not stand here?"),
        choices=[
            ("hate", gettext_lazy("hatred or contempt for people")),
            ("threat", gettext_lazy("threat or harassment")),
            ("personal_data", gettext_lazy("personal data of somebody")),
            ("false", gettext_lazy("false or misleading")),
            ("rights", gettext_lazy("somebody else’s rights")),
            ("other", gettext_lazy("another reason")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("What should the moderators know?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@login_required
@require_http_methods(["GET", "POST"])
def reporting(request, kind: str, pk: int):
    """Report a message, a practice or a document to the moderators; then one is back where it stands."""
    thing = subject_seen_by(request.user, f"{kind}:{pk}")
    if thing is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    back = place_of(kind, thing)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            reports.report(f"{kind}:{pk}", form.cleaned_data["reason"], form.cleaned_data["note"], actor=request.user)
            messages.success(request, _("Thank you. The moderators have your report."))
            return redirect(back)
    context = {"form": form, "back": back, "title": thing.room.title if kind == "message" else thing.title}
    return render(request, "moderation/report.html", context | {"said": getattr(thing, "text", "")}, status=status_of(form))


def place_of(kind: str, thing) -> str:
    """The address at which a practice, a document or a message is read.

    A message stands on the first page of its room, or among the earlier ones with some that came after it.
    """
    if kind != "message":
        return reverse(kind, kwargs={"pk": thing.pk})
    older = thing.room.last_seq - thing.seq >= PAGE
    return f"{_address(thing.room_id)}{f'?before={thing.seq + PAGE // 2}' if older else ''}#m{thing.seq}"


def _room(who, pk: int):
    room = rooms.rooms_visible_to(who).filter(pk=pk).first()
    if room is None:
        raise Unknown(_("There is nothing here, or nothing that you may see."))
    return room


def _address(pk: int) -> str:
    return reverse("room", kwargs={"pk": pk})
