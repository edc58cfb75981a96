"""The bucket of S3_URL, as Django's storages know one."""

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from storages.backends.s3 import S3Storage

PATIENCE = 1.5  # seconds for a connection, and for each piece of an answer: whoever waits is answered within 2 s
ANY_REGION = "us-east-1"  # what a bucket without a region of its own takes
IN_ONE_PIECE = 64 << 20  # bytes: more than any document, so that a broken upload leaves no parts of it in the bucket


class Bucket(S3Storage):
    """A bucket that says itself in which region it is: what is signed for another region is refused, and says not why."""

    region_name: str | None

    def __init__(self, **options):
        # A bucket that does not answer must not hold a page: it is asked once, and then the part rests.
        options["client_config"] = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=PATIENCE,
            read_timeout=PATIENCE,
            retries={"total_max_attempts": 1},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        options["transfer_config"] = TransferConfig(multipart_threshold=IN_ONE_PIECE, use_threads=False, num_download_attempts=1)
        super().__init__(**options)

    @property
    def connection(self):
        if not (self.access_key and self.secret_key and self.bucket_name):
            # Without a key boto3 would go and look for one of the machine's own.
            raise OSError("no bucket, or no key for it, is named")
        if not self.region_name:
            ask = self._create_session().client(
                "s3", region_name=ANY_REGION, endpoint_url=self.endpoint_url, config=self.client_config, verify=self.verify
            )
            self.region_name = ask.get_bucket_location(Bucket=self.bucket_name).get("LocationConstraint") or ANY_REGION
        return super().connection

    def _create_session(self):
        session = super()._create_session()
        session.events.register_last("before-call.s3", _do_not_ask_first)
        return session


def _do_not_ask_first(params, **_more) -> None:
    """To ask whether bytes are welcome costs one more second of silence when nobody is there; to send them tells as much."""
    params["headers"].pop("Expect", None)
