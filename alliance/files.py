"""Where files are kept: a folder, or the bucket that S3_URL names."""

import logging
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.config import Config
from storages.backends.s3 import S3Storage

log = logging.getLogger("alliance.files")

LINK_LIFE = 60  # seconds for which an address of the bucket itself may be used
PATIENCE = 2.0  # seconds for a connection, and for each piece of an answer
_told: dict[str, str] = {}
ANY_REGION = "us-east-1"  # what a bucket without a region of its own takes
IN_MEMORY = 2 * 1024 * 1024  # bytes of a file that are held in memory while it passes through the house


class Bucket(S3Storage):
    """A bucket that says itself in which region it is: what is signed for another region is refused, and says not why."""

    region_name: str | None

    @property
    def connection(self):
        if not self.region_name:
            ask = self._create_session().client(
                "s3", region_name=ANY_REGION, endpoint_url=self.endpoint_url, config=self.client_config, verify=self.verify
            )
            self.region_name = ask.get_bucket_location(Bucket=self.bucket_name).get("LocationConstraint") or ANY_REGION
        return super().connection


def configuration(url: str, folder: Path) -> dict:
    """Django's STORAGES entry for S3_URL, `https://key:secret@host[:port]/bucket[/prefix]`, or a folder without one.

    `?region=` names the region (else the bucket is asked for it). `?redirect=1` lets people fetch from the bucket itself, by an
    address that lives a minute, where they can reach it; else every byte passes through the house.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    parts = urlsplit(url)
    bucket, _, prefix = unquote(parts.path).strip("/").partition("/")
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "BACKEND": "alliance.files.Bucket",
        "OPTIONS": {
            "endpoint_url": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "bucket_name": bucket,
            "location": prefix,
            "region_name": asked.get("region"),
            "default_acl": None,  # what the bucket says: nobody but we
            "querystring_auth": asked.get("redirect") == "1",
            "querystring_expire": LINK_LIFE,
            "file_overwrite": False,
            "max_memory_size": IN_MEMORY,
            # A bucket that does not answer must not hold a page: one more try, then the part rests.
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=PATIENCE,
                read_timeout=PATIENCE,
                retries={"total_max_attempts": 1},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        },
    }


def state(storage) -> str:
    """ok, or down while the folder or the bucket does not answer; the log says why, once."""
    try:
        if hasattr(storage, "bucket_name"):
            # To ask for a file would do as well, were it not that a missing bucket has no files either.
            storage.connection.meta.client.head_bucket(Bucket=storage.bucket_name)
        else:
            storage.exists("health")
    except Exception as error:  # noqa: BLE001 - each store raises errors of its own
        if _told.get("state") != "down":
            log.warning("S3_URL: files cannot be stored or fetched: %s. Check the address, the key and the bucket’s name.", error)
        _told["state"] = "down"
        return "down"
    _told["state"] = "ok"
    return "ok"
