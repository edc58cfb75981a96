from django.db import models


class Edition(models.Model):
    """One frozen, numbered version of the charter. A new edition is a new row; a published one never changes."""

    number = models.PositiveIntegerField(unique=True)
    sha256 = models.CharField(max_length=64, unique=True)  # of the authentic texts, see queries.editions.canonical_text
    authentic = models.JSONField()  # language codes whose texts bind
    adopted_on = models.DateField()
    title = models.CharField(max_length=200)
    preamble = models.TextField()

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"edition {self.number}"


class Article(models.Model):
    """One numbered article of an edition, in every language."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="articles")
    number = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        ordering = ["edition", "number"]
        constraints = [models.UniqueConstraint(fields=["edition", "number"], name="one_article_per_number")]

    def __str__(self):
        return f"{self.edition_id}.{self.number}"
