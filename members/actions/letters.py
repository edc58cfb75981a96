"""Letters: owed in the transaction of what happened, written and sent by a task, in the reader's language."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from alliance import clock

from ..models import Application, City, Letter, Official
from ..queries import places


def owe(*, key: str, to: str, language: str, template: str, facts: dict) -> Letter:
    """Note that a letter is owed and have it sent by a task. The same `key` again changes nothing.

    The caller holds the transaction.
    """
    from ..tasks import send_letter

    letter, new = Letter.objects.get_or_create(
        key=key, defaults={"to": to, "language": language, "template": template, "facts": facts}
    )
    if new:
        send_letter.enqueue(letter.pk)
    return letter


def send(letter_id: int, *, actor=None) -> None:
    """Write and send a letter that is owed.

    The Message-ID is the letter's own, so that a second sending after a crash is the same letter.
    """
    letter = Letter.objects.filter(pk=letter_id, sent_at=None).first()
    if letter is None:
        return
    with translation.override(letter.language):
        subject, body = written(letter)
    host = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1]
    headers = {
        "Message-ID": f"<letter-{letter.pk}@{host}>",
        "Content-Language": letter.language,
        "Auto-Submitted": "auto-generated",
    }
    EmailMessage(subject, body, to=[letter.to], headers=headers).send()
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(sent_at=clock.now())


def written(letter: Letter) -> tuple[str, str]:
    """Subject and body in the active language. The template's first line is the subject."""
    text = render_to_string(f"letters/{letter.template}.txt", _context(letter))
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def _context(letter: Letter) -> dict:
    from .applications import code_of as code_of_application
    from .officials import code_of as code_of_invitation

    facts = dict(letter.facts)
    context = {**facts, "network": str(settings.NETWORK_NAME), "base_url": settings.BASE_URL, "language": letter.language}
    if "application" in facts:
        application = Application.objects.get(pk=facts["application"])
        context |= {"application": application, "code": code_of_application(application)}
        context["place_name"] = places.name_in(application.place, letter.language)
    if "official" in facts:
        official = Official.objects.get(pk=facts["official"])
        context |= {"official": official, "code": code_of_invitation(official)}
    if "city" in facts:
        context["city"] = City.objects.get(pk=facts["city"])
    if "role" in facts:
        context["role"] = Official.Role(facts["role"]).label
    return context
