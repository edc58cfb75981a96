from django.core.management.base import BaseCommand, CommandError

from alliance.errors import Unavailable
from alliance.search.engines import engine
from alliance.search.index import INDEXES, everything


class Command(BaseCommand):
    help = "Build the search index anew beside the old one, and swap; questions are answered meanwhile."

    def handle(self, **options):
        try:
            counts = engine().rebuild(everything())
        except Unavailable as error:
            raise CommandError(f"The search index could not be built: {error.__cause__ or error}") from None
        if options["verbosity"]:
            for kind in sorted(INDEXES):
                self.stdout.write(f"{kind}: {counts.get(kind, 0)}")
