from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alliance.errors import Refusal
from members.actions import accounts


class Command(BaseCommand):
    help = "Print a link into the site for this person: good once, for 10 minutes. The ledger keeps that it was made, and used."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        try:
            raw = accounts.make_sign_in_link(email, actor=None)
        except Refusal as refusal:
            raise CommandError(f"{refusal.reason} ({email})") from None
        self.stdout.write(f"{settings.BASE_URL}/accounts/link/{raw}/")
