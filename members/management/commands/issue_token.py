from django.core.management.base import BaseCommand, CommandError

from members.actions import accounts
from members.queries.accounts import person_by_email


class Command(BaseCommand):
    help = "Print a bearer token of this person, and nothing else. The person's rights apply, nothing more."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--days", type=int, help="how long it lasts (default: until it is revoked)")

    def handle(self, *, email, days, **options):
        person = person_by_email(email)
        if person is None:
            raise CommandError(f"There is no active account with the address {email}.")
        if days is not None and not 1 <= days <= 3650:
            raise CommandError("--days is a number from 1 to 3650.")
        self.stdout.write(accounts.issue_token(person.pk, days=days, actor=None))
