from modeltranslation.translator import TranslationOptions, register

from .models import Article, Edition


@register(Edition)
class EditionTexts(TranslationOptions):
    fields = ("title", "preamble")
    fallback_undefined = {"title": "", "preamble": ""}


@register(Article)
class ArticleTexts(TranslationOptions):
    fields = ("title", "body")
    fallback_undefined = {"title": "", "body": ""}
