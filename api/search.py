"""Search over articles, cities, practices, documents and messages."""

from django.utils.translation import gettext as _

from alliance.errors import Invalid
from alliance.search import queries
from alliance.search.engines import FURTHEST, Question
from exchanges.queries.audience import tokens_of

from .answers import search as answers
from .door import READING, Door
from .openapi import Ask
from .pagination import number_asked, rows_asked

KINDS = tuple(kind for kind, _about in answers.KINDS)
MOST = 200


class Search(Door):
    """Search in everything that one may see.

    Words are found in their inflected forms, and in all languages by the themes they name. `kind`, `language`, `theme`, `city`
    and `target` narrow it; each takes several values with commas between, of which one must fit.
    """

    asks = {
        "GET": {
            "q": Ask("The words, at most 200 characters. Without any, everything that the filters let through."),
            "kind": Ask(f"What to look for: {', '.join(KINDS)}."),
            "language": Ask("Only what exists in these languages."),
            "theme": Ask("Only what is about these themes, or parts of them."),
            "city": Ask("Only what is of these cities (slugs)."),
            "target": Ask("Only what answers to these targets."),
            "expand": Ask("`off` keeps to the words, without the themes they name.", one_of=("on", "off")),
            "offset": Ask("How many of the best to pass over, up to 10,000.", int),
            "page_size": Ask("How many to give, 1 to 100; 20 unless told.", int),
        }
    }
    gives = {"GET": answers.SearchAnswer}

    open_to_visitors = READING

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
            offset=min(number_asked(request, "offset") or 0, FURTHEST),
            size=rows_asked(request, 20),
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
