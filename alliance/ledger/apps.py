from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "alliance.ledger"
    label = "ledger"
