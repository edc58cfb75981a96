import os
import signal

from django.core.management.base import BaseCommand

from alliance import background, database
from alliance.background.worker import Worker


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # `manage.py check` is for the gate: a start should be quick
    help = "Runs tasks until told to stop (SIGTERM or Ctrl-C); the task in hand is ended first. As many as you like may run."

    def add_arguments(self, parser):
        parser.add_argument("--name", default="worker", help="what to call this worker in the log")
        parser.add_argument("--again", action="store_true", help="first put every task that was given up back into the queue")

    def handle(self, *, name: str, again: bool, **_options):
        database.check_level()
        worker = Worker(name)
        signalled = False

        def stop(_number, _frame):
            nonlocal signalled
            if signalled:  # asked twice: at once; the next worker takes back what was in hand
                os._exit(1)
            signalled = True
            worker.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        if again:
            self.stdout.write(f"{background.retry_failed()} given-up tasks wait again.")
        self.stdout.write(f"The worker {worker.name} is at work.")
        self.stdout.flush()
        worker.run()
        self.stdout.write(f"The worker {worker.name} has stopped.")
