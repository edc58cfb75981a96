from django.apps import AppConfig


class LanguagesConfig(AppConfig):
    name = "alliance.languages"
    label = "languages"
