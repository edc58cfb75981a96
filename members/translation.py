from modeltranslation.translator import TranslationOptions, register

from .models import City


@register(City)
class CityTexts(TranslationOptions):
    fields = ("name", "about")
    fallback_undefined = {"name": "", "about": ""}
