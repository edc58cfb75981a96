from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccordConfig(AppConfig):
    name = "alliance.accord"
    label = "accord"
    verbose_name = _("Accord")

    def ready(self):
        from . import search  # noqa: F401  (declares what can be found)
