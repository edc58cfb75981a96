import json
import urllib.request
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from django.core.management.base import BaseCommand, CommandError

from alliance.accord.queries import register


class Command(BaseCommand):
    help = "Recompute the register’s chain of hashes, here or at an address. Exit 1 names the first broken position."

    def add_arguments(self, parser):
        parser.add_argument("--url", help="the address of a network, such as https://alliance.example")

    def handle(self, *, url, **options):
        lines = list(self.published(url)) if url else [register.line(entry) for entry in register.register().iterator()]
        broken = register.first_broken(lines)
        if broken is not None:
            raise CommandError(f"The register is broken at position {broken}.", returncode=1)
        self.stdout.write(f"The register holds: {len(lines)} lines.")

    def published(self, url: str) -> Iterator[dict]:
        """The lines as the network at `url` publishes them, page by page."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise CommandError("--url is an address that begins with http:// or https://.")
        page = urljoin(url.rstrip("/") + "/", "api/v1/accord/register/?page_size=100")
        host = urlsplit(page).netloc
        while page:
            if urlsplit(page).netloc != host:
                raise CommandError("The register continues at another address: that is not followed.")
            try:
                with urllib.request.urlopen(page, timeout=30) as answer:  # noqa: S310 (the scheme was checked)
                    found = json.load(answer)
                yield from found["results"]
                page = found["next"]
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise CommandError(f"The register at {url} could not be read: {error}.") from None
