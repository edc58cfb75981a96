from django.apps import AppConfig


class FoundingConfig(AppConfig):
    name = "alliance.founding"
    label = "founding"
