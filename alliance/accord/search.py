"""What of the accord can be found: the articles of the edition in force."""

from alliance.languages import state
from alliance.languages.tongues import CODES
from alliance.search.index import Document, Index, Text

from .models import Article, Edition


class ArticleIndex(Index):
    kind = "article"

    @classmethod
    def queryset(cls):
        newest = Edition.objects.order_by("-number").values("pk")[:1]
        return Article.objects.filter(edition__in=newest).select_related("edition")

    @classmethod
    def visible_to(cls, actor):
        return cls.queryset()

    @classmethod
    def document(cls, thing: Article) -> Document:
        texts = {
            code: Text(state.text_of(thing, "title", code), state.text_of(thing, "body", code))
            for code in CODES
            if state.text_of(thing, "title", code)
        }
        return Document(
            kind=cls.kind,
            id=thing.pk,
            version=thing.edition.number,
            source_language=thing.edition.authentic[0],
            texts=texts,
            audience=frozenset({"public"}),
            path=f"/charter/{thing.edition.number}/articles/{thing.number}/",
            states={code: state.ORIGINAL if code in thing.edition.authentic else state.CHECKED for code in texts},
        )
