from modeltranslation.translator import TranslationOptions, register

from .models import Document, Practice


@register(Practice)
class PracticeTexts(TranslationOptions):
    fields = Practice.TEXTS
    fallback_undefined = dict.fromkeys(Practice.TEXTS, "")


@register(Document)
class DocumentTexts(TranslationOptions):
    fields = ("title",)
    fallback_undefined = {"title": ""}
