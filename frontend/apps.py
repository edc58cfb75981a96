from django.apps import AppConfig


class FrontendConfig(AppConfig):
    name = "frontend"

    def ready(self):
        from allauth.mfa.signals import authenticator_added

        from .second_factor import note_set_up

        authenticator_added.connect(note_set_up, dispatch_uid="note_set_up")
