"""Search over articles, cities, practices, documents and messages."""

from django.utils.translation import gettext as _

from alliance.errors import Invalid
from alliance.search import queries
from alliance.search.engines import Question
from exchanges.queries.audience import tokens_of

from .door import Door

KINDS = ("article", "city", "practice", "document", "message")
MOST = 200


class Search(Door):
    """`q`, and the filters `kind`, `lang`, `theme`, `city`, `target`; `expand=off` keeps to the words as they are."""

    asks = ("q", "kind", "language", "theme", "city", "target", "expand", "offset", "page_size")

    open_to_visitors = True

    def read(self, request):
        asked = request.query_params
        kinds = self.several("kind")
        if unknown := [kind for kind in kinds if kind not in KINDS]:
            raise Invalid(_("We do not know the kind “%(kind)s”.") % {"kind": unknown[0][:40]}, field="kind")
        question = Question(
            text=self.words(asked.get("q", "")),
            lang=self.language,
            tokens=tokens_of(self.who),
            kinds=kinds,
            languages=self.several("language"),
            themes=self.several("theme"),
            cities=self.several("city"),
            targets=self.several("target"),
            expand=asked.get("expand", "on") != "off",
            offset=self.number("offset", 0, 10_000),
            size=self.number("page_size", 20, 100),
        )
        return queries.search(self.who, question)

    def several(self, name: str) -> tuple[str, ...]:
        """Several values of one filter: the name repeated, or one after the other with commas."""
        given = ",".join(self.request.query_params.getlist(name)[:20]).split(",")[:20]
        return tuple(value.strip()[:80].replace("\x00", "") for value in given if value.strip())

    def words(self, text: str) -> str:
        if len(text) > MOST:
            raise Invalid(_("Please use at most %(most)s characters.") % {"most": MOST}, field="q")
        return text.replace("\x00", " ")

    def number(self, name: str, default: int, most: int) -> int:
        given = self.request.query_params.get(name, "")
        if not given:
            return default
        if not given.isascii() or not given.isdigit() or len(given) > 9:
            raise Invalid(_("“%(name)s” is a whole number.") % {"name": name}, field=name)
        return min(int(given), most)
