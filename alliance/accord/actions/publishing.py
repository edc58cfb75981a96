"""Publishing an edition of the charter."""

from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from alliance.errors import Conflict
from alliance.languages.tongues import CODES
from alliance.ledger.actions import record

from ..events import ArticlePublished, EditionPublished
from ..models import Article, Edition
from ..queries import editions


@transaction.atomic
def publish(text: Mapping, *, actor) -> Edition:
    """Publish an edition from its data file (see data/README.md). From then on it cannot change, and it is the one in force.

    Raises Conflict when the number is not the next one.
    """
    newest = Edition.objects.order_by("-number").first()
    if text["number"] != (newest.number if newest else 0) + 1:
        raise Conflict(_("Editions are numbered one after the other."))
    sha256 = editions.digest(text["number"], text["authentic"], text["title"], text["preamble"], text["articles"])
    edition = Edition(
        number=text["number"], sha256=sha256, authentic=text["authentic"], adopted_on=date.fromisoformat(text["adopted"])
    )
    _set(edition, text, "title", "preamble")
    try:
        with transaction.atomic():
            edition.save()
    except IntegrityError:  # somebody published it at this very moment
        raise Conflict(_("Editions are numbered one after the other.")) from None
    for given in text["articles"]:
        article = Article(edition=edition, number=given["number"], key=given["key"])
        _set(article, given, "title", "body")
        article.save()
        record(ArticlePublished(article_id=article.pk, edition=edition.number, number=article.number), actor=actor)
    record(EditionPublished(edition_id=edition.pk, number=edition.number, sha256=sha256), actor=actor)
    return edition


def _set(thing, text: Mapping, *fields: str) -> None:
    for field in fields:
        for code in CODES:
            setattr(thing, f"{field}_{code}", text[field].get(code, ""))
