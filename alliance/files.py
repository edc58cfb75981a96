"""Where files are kept: a folder, or the bucket that S3_URL names. Whoever asks it for something does so inside `asked`."""

import errno
import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from alliance import environment
from alliance.errors import Refusal, Unavailable

log = logging.getLogger("alliance.files")

LINK_LIFE = 60  # seconds for which an address of the bucket itself may be used
IN_MEMORY = 2 * 1024 * 1024  # bytes of a file that are held in memory while it passes through the house
REST = 3.0  # seconds for which nobody waits again for a store that did not answer
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
RESTING = _("The file store is resting. Please try again later.")


def configuration(url: str, folder: Path) -> dict:
    """Django's STORAGES entry for S3_URL, `https://key:secret@host[:port]/bucket[/prefix]`, or a folder without one.

    `?region=` names the region (else the bucket is asked for it). `?redirect=1` lets people fetch from the bucket itself, by an
    address that lives a minute, where they can reach it; else every byte passes through the house.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    parts = urlsplit(url)
    bucket, _slash, prefix = unquote(parts.path).strip("/").partition("/")
    asked_for = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "BACKEND": "alliance.bucket.Bucket",
        "OPTIONS": {
            "endpoint_url": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "bucket_name": bucket,
            "location": prefix,
            "region_name": asked_for.get("region"),
            "default_acl": None,  # what the bucket says: nobody but we
            "querystring_auth": asked_for.get("redirect") == "1",
            "querystring_expire": LINK_LIFE,
            "file_overwrite": True,  # every name is given once; to ask whether it is free would cost one more turn
            "max_memory_size": IN_MEMORY,
        },
    }


class _Rest:
    """What this process knows of a store that does not answer: of all who come, one at a time tries again."""

    def __init__(self):
        self.lock = threading.Lock()
        self.until = 0.0
        self.silent = False
        self.told = ""

    def may_ask(self) -> bool:
        """False while it is known to rest. Whoever may ask after that goes first, and the others do not wait with them."""
        with self.lock:
            moment = time.monotonic()
            if moment < self.until:
                return False
            if self.silent:
                self.until = moment + REST
            return True

    def answered(self) -> None:
        if self.silent or self.told:
            with self.lock:
                self.until, self.silent, self.told = 0.0, False, ""

    def failed(self, storage, error: Exception) -> None:
        """Say why, once, until it answers again."""
        with self.lock:
            known = self.silent
            self.silent = _is_silence(error)
            self.until = time.monotonic() + REST if self.silent else 0.0
            said, self.told = self.told, _why(storage, error)
            if said != self.told and not (known and self.silent):
                log.warning(self.told)


rest = _Rest()


@contextmanager
def asked(storage, sentence=RESTING) -> Iterator[None]:
    """Around whatever asks the store for something: each store raises errors of its own, and all become Unavailable.

    FileNotFoundError goes on, but only when it is the file that is missing, and not the whole folder or bucket.
    """
    if not rest.may_ask():
        raise Unavailable(sentence, part="files")
    try:
        yield
    except Refusal:
        raise
    except FileNotFoundError as error:
        if state(storage) == "ok":
            raise
        raise Unavailable(sentence, part="files") from error
    except Exception as error:
        rest.failed(storage, error)
        raise Unavailable(sentence, part="files") from error
    rest.answered()


def state(storage) -> str:
    """ok, or down while the folder or the bucket does not answer; the log says why, once."""
    try:
        if hasattr(storage, "bucket_name"):
            # To ask for a file would do as well, were it not that a missing bucket has no files either.
            storage.connection.meta.client.head_bucket(Bucket=storage.bucket_name)
        elif not (Path(storage.location).is_dir() and os.access(storage.location, os.W_OK | os.X_OK)):
            raise NotADirectoryError("no such folder, or one that may not be written to")
    except Exception as error:  # noqa: BLE001 - each store raises errors of its own
        rest.failed(storage, error)
        return "down"
    rest.answered()
    return "ok"


def _is_silence(error: Exception) -> bool:
    """Whether nobody answered, so that the next would wait in vain as well: no refusal, no fault of the disk's."""
    return type(error).__module__.startswith(("botocore", "s3transfer", "urllib3")) and not _status(error)


def _status(error: Exception) -> int:
    """What the bucket answered; 0 when it did not."""
    return (getattr(error, "response", None) or {}).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _why(storage, error: Exception) -> str:
    """The sentence for those who look after the machine: the variable, what is wrong, what to do. It repeats no secret."""
    if not hasattr(storage, "bucket_name"):
        return environment.unwritable("DATA_DIR", storage.location, error)
    if getattr(error, "errno", None) in FULL:
        return environment.unwritable("TMPDIR", tempfile.gettempdir(), error)
    place, bucket = storage.endpoint_url, storage.bucket_name
    if not (bucket and storage.access_key and storage.secret_key):
        return "S3_URL cannot be read: write it as https://key:secret@host/bucket. Until then files are neither taken nor given."
    status = _status(error)
    if status in (401, 403):
        return f"S3_URL: {place} refuses the key for the bucket “{bucket}”. Correct the key or the secret, or let the key use it."
    if status == 404:
        return f"S3_URL: there is no bucket “{bucket}” at {place}. Make it, or correct its name."
    if _is_silence(error):
        return f"S3_URL: {place} does not answer ({type(error).__name__}). Correct the address, or look after that server."
    return f"S3_URL: the bucket “{bucket}” at {place} fails ({error}). Look after that server."
