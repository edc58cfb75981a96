from django.utils.translation import gettext_lazy as _

from alliance.policy import YES, Verdict
from members.models import Official
from members.policies.standing import WRITERS, Standing, standing_of

from ..models import Message, Room


def may_open(actor) -> Verdict:
    """Open a room for a city one acts for."""
    return YES if writing_cities(standing_of(actor)) else Verdict(_("Only officials who write for a city may open a room."))


def may_post(actor, room: Room) -> Verdict:
    """Speak in a room one is in (the caller fetched it through `rooms_visible_to`)."""
    if room.closed_at:
        return Verdict(_("This room is closed. It can still be read."))
    standing = standing_of(actor)
    if standing.staff_role or writing_cities(standing):
        return YES
    if standing.on_hold:
        return Verdict(_("Your city is on hold: you can read, but not write, until the secretariat takes it up again."))
    return Verdict(_("Your mandate lets you read here, but not write."))


def may_change(actor, message: Message) -> Verdict:
    """Edit or remove what one said oneself."""
    if message.author_id != standing_of(actor).user_id:
        return Verdict(_("Only its author may change a message."))
    return may_post(actor, message.room)


def may_add_people(actor, room: Room) -> Verdict:
    """Bring somebody in."""
    return may_post(actor, room)


def may_remove_person(actor, room: Room, person_id: int, *, by_mandate: bool) -> Verdict:
    """Leave oneself; or take somebody out, for who opened the room and the coordinators of the city it belongs to.

    Who is in the room by mandate (`by_mandate`) stays while the mandate lasts: the room's audience says that they are in it.
    """
    standing = standing_of(actor)
    oneself = person_id == standing.user_id
    keeps = room.opened_by_id == standing.user_id or Official.Role.COORDINATOR in standing.roles.get(room.city_id, ())
    if not oneself and not keeps:
        return Verdict(_("Only who opened the room, or a coordinator of its city, may take somebody out."))
    if not by_mandate:
        return YES
    if oneself:
        return Verdict(
            _(
                "You are in this room by your mandate or your office in the network, and only its end takes you out. "
                "If the talk is over, ask whoever opened the room to close it."
            )
        )
    return Verdict(
        _(
            "This person is in the room by their mandate or their office in the network, and only its end takes them out. "
            "To talk without them, open a room for people you name."
        )
    )


def may_close(actor, room: Room) -> Verdict:
    """Close a room: who opened it, or a coordinator of its city."""
    standing = standing_of(actor)
    if room.opened_by_id == standing.user_id or Official.Role.COORDINATOR in standing.roles.get(room.city_id, ()):
        return YES
    return Verdict(_("Only who opened the room, or a coordinator of its city, may close it."))


def writing_cities(standing: Standing) -> list[int]:
    """The cities for which somebody may write now, in a steady order."""
    return sorted(pk for pk, roles in standing.roles.items() if roles & WRITERS and pk not in standing.on_hold)
