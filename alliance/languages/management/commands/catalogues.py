from django.core.management.base import BaseCommand, CommandError

from alliance.languages import catalogues


class Command(BaseCommand):
    help = "The catalogues of the interface: `update` from the code, `compile`, or `check` that all seven are complete."
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("verb", choices=("update", "compile", "check"))

    def handle(self, *, verb, **options):
        if verb == "update":
            catalogues.update()
        if verb in ("update", "compile"):
            compiled = catalogues.compile_changed()
            self.stdout.write(f"Compiled: {', '.join(compiled) or 'nothing had changed'}.")
        if verb == "check":
            found = catalogues.faults()
            for fault in found[:60]:
                self.stderr.write(fault)
            if found:
                raise CommandError(f"{len(found)} faults in the catalogues.")
            self.stdout.write("No fault in the catalogues.")
