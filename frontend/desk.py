"""The desk: what waits for the person who is signed in, and what they can do from here."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from alliance.accord.policies.signing import may_sign
from alliance.accord.queries import editions, signatures
from alliance.languages.state import reader_language
from exchanges.policies import rooms as room_policies
from exchanges.queries import practices, reports, rooms
from members.actions import notices as notice_actions
from members.policies.officials import may_invite
from members.policies.standing import Standing, may_act_for, standing_of
from members.queries import accounts, cities
from members.queries.applications import applications_visible_to

NEWEST = 8


@login_required
@require_GET
def desk(request):
    """Everything in one place: my cities, what is due, my rooms, my practices, and the queues of the secretariat."""
    who = standing_of(request.user)
    language = reader_language()
    own = practices.practices_visible_to(who).filter(city__in=who.city_ids)
    notices = accounts.notices_of(request.user.pk)
    talks = _rooms(who, language)
    context = {
        "who": who,
        "cities": _cities(who, language),
        "invitations": accounts.invitations_for(request.user.email),
        "due": accounts.mandates_due(request.user.pk),
        "rooms": talks,
        "may_open": room_policies.may_open(who),
        "unfinished": practices.practice_rows(
            own.filter(state__in=("draft", "returned", "submitted")).order_by("-id")[:NEWEST], language
        ),
        "notices": _told(notices[:NEWEST], talks, who, language),
        "newest_notice": next((notice.pk for notice in notices[:1]), 0),
        "unread_notices": notices.filter(read_at=None).count(),
    }
    if who.secretariat:
        context["applications"] = applications_visible_to(who).filter(state="awaiting_decision").count()
        context["submitted"] = practices.practices_visible_to(who).filter(state="submitted").count()
    if who.secretariat or who.moderator:
        context["reports"] = reports.reports_visible_to(who).filter(state="open").count()
    return render(request, "desk/desk.html", context)


def _rooms(who: Standing, language: str) -> list[dict]:
    found = rooms.room_rows(rooms.by_newest_talk(rooms.rooms_visible_to(who))[:NEWEST], who, language)
    return sorted(found, key=lambda row: row["last_posted_at"] or row["opened_at"], reverse=True)


def _cities(who: Standing, language: str) -> list[dict]:
    """My cities, with what I may do for each: as many queries for one city as for all of them."""
    rows = cities.city_rows(cities.cities_visible_to(who).filter(pk__in=who.city_ids), language)
    current = editions.current_number() or 0
    signed = signatures.editions_signed(who.city_ids)
    found = []
    for row in rows:
        unsigned = signed.get(row["id"], 0) < current
        found.append(
            {
                **row,
                "may_sign": unsigned and bool(may_sign(who, row["id"])),
                "unsigned": unsigned,
                "may_write": bool(may_act_for(who, row["id"])),
                "may_invite": bool(may_invite(who, row["id"])),
            }
        )
    return found


def _told(notices, talks: list[dict], who: Standing, language: str) -> list[dict]:
    """Notices, each with the address and, where the reader may see it, the title of what it is about."""
    rows = [(notice, *notice.subject.partition(":")[::2]) for notice in notices]
    about = {int(pk) for _notice, kind, pk in rows if kind == "practice"}
    seen = practices.practice_rows(practices.practices_visible_to(who).filter(pk__in=about), language) if about else []
    named = {("practice", str(row["id"])): row for row in seen} | {("room", str(row["id"])): row for row in talks}
    pages = {"practice": "practice", "room": "room", "document": "document"}
    return [
        {
            "name": notice.name,
            "at": notice.at,
            "new": notice.read_at is None,
            "page": pages.get(kind, ""),
            "pk": pk,
            "facts": notice.facts,
            "about": named.get((kind, pk)),
        }
        for notice, kind, pk in rows
    ]


@login_required
@require_POST
def reading(request):
    """The notices up to this one have been read."""
    given = request.POST.get("up_to", "")
    if given.isascii() and given.isdigit() and len(given) < 16:
        notice_actions.mark_read(int(given), actor=request.user)
    return redirect("desk")
