from django.core.management.base import BaseCommand, CommandError

from alliance.errors import Refusal
from members.actions import accounts


class Command(BaseCommand):
    help = "Revoke a bearer token: it stops working at once."

    def add_arguments(self, parser):
        parser.add_argument("token")

    def handle(self, *, token, **options):
        try:
            accounts.revoke_token(token, actor=None)
        except Refusal as refusal:
            raise CommandError(str(refusal.reason)) from None
        self.stderr.write("Revoked.")
