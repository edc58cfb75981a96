"""Where letters go: to the console and a folder, or to the mail server that EMAIL_URL names."""

import os
import re
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as Smtp


def smtp_options(url: str) -> dict:
    """Django's SMTP options for `smtp://user:password@host:587/?tls=1` or `smtps://…:465`. Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == -1:
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read. Write it as smtp://user:password@host:587/?tls=1 or smtps://host:465."
        )
    implicit = parts.scheme == "smtps"
    return {
        "host": parts.hostname,
        "port": port or (465 if implicit else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": implicit,
        "use_tls": not implicit and parse_qs(parts.query).get("tls") == ["1"],
        "timeout": 10,
    }


def state() -> str:
    """Whether letters can leave: ok, or down while the mail server takes no connection or the folder takes no file."""
    if settings.EMAIL_URL:
        options = smtp_options(settings.EMAIL_URL)
        try:
            socket.create_connection((options["host"], options["port"]), timeout=2).close()
        except OSError:
            return "down"
        return "ok"
    folder = Path(settings.DATA_DIR) / "mail"
    return "ok" if os.access(folder if folder.exists() else folder.parent, os.W_OK) else "down"


class Backend(BaseEmailBackend):
    """Django's door for mail, for every letter of the house and of allauth."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.smtp = Smtp(fail_silently=self.fail_silently, **smtp_options(settings.EMAIL_URL)) if settings.EMAIL_URL else None

    def send_messages(self, email_messages) -> int:
        if self.smtp:
            return self.smtp.send_messages(email_messages) or 0
        for message in email_messages:
            self._keep(message)
        return len(email_messages)

    def _keep(self, message) -> None:
        """One .eml each. A letter with a Message-ID of its own is kept once, however often it is sent."""
        folder = Path(settings.DATA_DIR) / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        raw = message.message()
        to = re.sub(r"[^\w.@+-]", "_", (message.to or ["nobody"])[0])[:80]
        mark = re.sub(r"\W", "", raw["Message-ID"] or "")[:40]
        if next(folder.glob(f"*-{mark}.eml"), None) is None:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            fresh = folder / f".{stamp}-{mark}"
            fresh.write_bytes(raw.as_bytes())
            fresh.rename(folder / f"{stamp}-{to}-{mark}.eml")
        if settings.LETTERS_TO_CONSOLE:
            sys.stdout.write(f"\n--- letter to {', '.join(message.to)}: {message.subject}\n{message.body}\n---\n")
            sys.stdout.flush()
