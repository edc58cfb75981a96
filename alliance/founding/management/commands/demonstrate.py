from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from alliance.founding import demonstration
from members.queries.network import network


class Command(BaseCommand):
    help = "Load the demonstration network into an empty database, and index it."

    def handle(self, **options):
        if network() is not None:
            raise CommandError("There is a network here already: the demonstration wants an empty database.")
        demonstration.load(lambda done: self.stdout.write(f"  {done}"))
        self.stdout.write("  the files are checked and the index is built")
        demonstration.settle()
        call_command("reindex", verbosity=0)
