"""What happens to the accord."""

from dataclasses import dataclass

from alliance.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class EditionPublished(Event):
    """An edition of the charter was published."""

    name = "accord.published"
    edition_id: int
    number: int
    sha256: str

    @property
    def subject(self) -> str:
        return f"edition:{self.edition_id}"


@dataclass(frozen=True, kw_only=True)
class AccordSigned(Event):
    """A city signed an edition of the accord."""

    name = "accord.signed"
    city_id: int
    edition: int
    sha256: str
    position: int

    @property
    def subject(self) -> str:
        return f"city:{self.city_id}"


@dataclass(frozen=True, kw_only=True)
class SignatureWithdrawn(Event):
    """A city withdrew its signature."""

    name = "accord.withdrawn"
    city_id: int
    edition: int
    position: int
    reason: str

    @property
    def subject(self) -> str:
        return f"city:{self.city_id}"


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(Event):
    """An article of a new edition was published."""

    name = "accord.article_published"
    article_id: int
    edition: int
    number: int

    @property
    def subject(self) -> str:
        return f"article:{self.article_id}"
