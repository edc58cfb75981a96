from django.core.management.base import BaseCommand

from alliance.search.engines import engine
from alliance.search.index import INDEXES


class Command(BaseCommand):
    help = "Build the search index anew beside the old one, and swap; questions are answered meanwhile."

    def handle(self, **options):
        counts = engine().rebuild(self.everything())
        if options["verbosity"]:
            for kind, count in sorted(counts.items()):
                self.stdout.write(f"{kind}: {count}")

    @staticmethod
    def everything():
        """Every findable thing."""
        for kind in sorted(INDEXES):
            index = INDEXES[kind]
            for thing in index.queryset().order_by("pk").iterator(chunk_size=500):
                yield index.document(thing)
