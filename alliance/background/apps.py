from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    name = "alliance.background"
    label = "background"

    def ready(self):
        from django_tasks.signals import task_enqueued

        from . import bell

        task_enqueued.connect(bell.ring_on_commit, dispatch_uid="alliance.background.bell")
