"""Where Redis is and how it is spoken to: what REDIS_URL says. Opening nothing, only reading."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.crypto import salted_hmac
from redis import Redis
from redis.asyncio import Connection
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.retry import Retry

PATIENCE = 1.0  # seconds that Redis may take to answer
# Quickly, or not at all: we try again ourselves, and know then what was lost. Options in the URL do not change this.
FACTS: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "protocol": 2, "decode_responses": False}


class WrongAddress(ValueError):
    """REDIS_URL cannot be meant; says why."""


def client(url: str) -> Redis:
    """For threads. Raises WrongAddress."""
    return Redis.from_url(_checked(url), **FACTS, retry=Retry(NoBackoff(), 0))


def line(url: str) -> Connection:
    """One connection for a loop, not yet connected. Raises WrongAddress."""
    return AsyncRedis.from_url(_checked(url), **FACTS, retry=AsyncRetry(NoBackoff(), 0)).connection_pool.make_connection()


def prefix(url: str) -> str:
    """What the names of our channels begin with. Pub/sub knows no database numbers, so that networks on one server are told apart
    here: by the number all the same, and by the key of the house, which all processes of a network share."""
    try:
        number = client(url).connection_pool.connection_kwargs.get("db", 0)
    except WrongAddress:
        number = 0
    return f"alliance:{number}:{salted_hmac('alliance.live', str(number)).hexdigest()[:16]}:"


def why_it_rests(error: Exception) -> str:
    """A sentence for the log."""
    if isinstance(error, WrongAddress):
        what = f"REDIS_URL {error}. It looks like redis://user:password@host:6379/0"
        until = "it is mended and the server started again"
    elif isinstance(error, AuthenticationError):
        what = f"The Redis server that REDIS_URL names refuses its user or password ({error})"
        until = "one of them is mended"
    else:
        what = f"The Redis server that REDIS_URL names does not answer ({str(error) or type(error).__name__})"
        until = "it does"
    return f"{what}. Until {until}, live messages stay within each process."


def _checked(url: str) -> str:
    """The URL, if it can be meant, without what FACTS decide: a slip would else pass for the default host or database."""
    try:
        parts = urlsplit(url)
        named, _port = parts.path if parts.scheme == "unix" else parts.hostname, parts.port
    except ValueError:
        raise WrongAddress("has a host or a port that cannot be read") from None
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise WrongAddress("does not begin with redis://, rediss:// or unix://")
    if not named:
        raise WrongAddress("names no host")
    number = parts.path.strip("/")
    if parts.scheme != "unix" and number and not (number.isascii() and number.isdigit()):
        raise WrongAddress("does not end with the number of a database")
    options = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name not in FACTS])
    url = parts._replace(query=options).geturl()
    try:
        Redis.from_url(url, **FACTS).connection_pool.make_connection()
    except (ValueError, TypeError, RedisError):
        raise WrongAddress("has options that Redis does not know") from None
    return url
