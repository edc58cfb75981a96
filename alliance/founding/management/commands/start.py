import os

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from alliance import database
from alliance.founding import demonstration
from alliance.languages import catalogues
from members.actions import accounts
from members.queries.network import is_demonstration, network


class Command(BaseCommand):
    help = "What `make run` does: migrate, compile the catalogues, found the demonstration network on an empty database, serve."
    requires_system_checks: list = []

    def handle(self, **options):
        self.migrate()
        if compiled := catalogues.compile_changed():
            self.stdout.write(f"Compiled the catalogues: {', '.join(compiled)}")
        if network() is None:
            self.found()
        if is_demonstration():
            self.introduce()
        self.stdout.write("Ctrl-C ends it.\n")
        self.stdout.flush()
        call_command("serve")

    def migrate(self) -> None:
        try:
            database.check_level()
        except database.Behind:
            self.stdout.write("Bringing the database level with the code")
            call_command("migrate", interactive=False, verbosity=0)

    def found(self) -> None:
        if os.environ.get("DEMO") == "0":
            self.stdout.write("There is no network here yet. `manage.py found --name N --languages fr,en --email E` makes one.")
            return
        self.stdout.write("Founding the demonstration network (once, about a minute)")
        self.stdout.flush()
        call_command("demonstrate", stdout=self.stdout)

    def introduce(self) -> None:
        """Who can sign in, with a spare key each."""
        self.stdout.write(
            "\nThis is the demonstration network. Who can sign in, each by a link that is good once, for 10 minutes:"
        )
        for kind, email in demonstration.accounts_to_try():
            raw = accounts.make_sign_in_link(email, actor=None)
            self.stdout.write(f"  {kind}, {email}\n    {settings.BASE_URL}/accounts/link/{raw}/")
        self.stdout.write(
            "Each city has office@SLUG.demo.example and mayor@SLUG.demo.example; `manage.py sign_in_link EMAIL` lets them in.\n"
        )
