from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from alliance import database
from alliance.errors import Refusal
from alliance.founding import network


class Command(BaseCommand):
    help = "Found a real, empty network: its name, its languages, the charter, and the first secretariat account."

    def add_arguments(self, parser):
        parser.add_argument("--name", required=True)
        parser.add_argument("--languages", default="fr,en,es,it,de,pt,ar", help="of the interface, separated by commas")
        parser.add_argument("--email", required=True, help="of the first secretariat account")

    def handle(self, *, name, languages, email, **options):
        try:
            database.check_level()
        except database.Empty:  # whoever founds begins with nothing; an older database is not changed in passing
            call_command("migrate", interactive=False, verbosity=0)
        try:
            network.found(name=name, languages=[code.strip() for code in languages.split(",") if code.strip()], email=email)
        except Refusal as refusal:
            raise CommandError(f"{refusal.reason}") from None
        self.stdout.write(f"The network “{name}” is founded, with edition 1 of the charter.")
        self.stdout.write(f"First secretariat account: {email}. Its way in: manage.py sign_in_link {email}")
