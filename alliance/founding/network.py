"""The beginning of a network: its row, its charter, its first accounts."""

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alliance.accord.actions import publishing
from alliance.accord.queries import editions
from alliance.errors import Invalid
from members.actions import network

CHARTER = Path(__file__).resolve().parent.parent / "accord" / "data"


def charter_texts() -> list[dict]:
    """Every edition of the charter that comes with this release, oldest first."""
    return [json.loads(path.read_text()) for path in sorted(CHARTER.glob("edition-*.json"))]


@transaction.atomic
def found(*, name: str, languages: list[str], email: str, demonstration: bool = False):
    """Found the network in one transaction: all of it stands, or nothing does."""
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(_("Please give a complete e-mail address, such as office@city.example."), field="email") from None
    founded = network.found(name=name, languages=languages, demonstration=demonstration, actor=None)
    network.seat_staff(email, "secretariat", language=languages[0], actor=None)
    for text in charter_texts():
        if editions.edition(text["number"]) is None:
            publishing.publish(text, actor=None)
    return founded
