"""Webhooks: who is told of events by HTTP, and each telling."""

import base64
import enum
import re
from urllib.parse import urlsplit

import msgspec

from headway.errors import Invalid

URL_LENGTH_MAX = 2000
NAMES_MAX = 50
SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
SECRET_BYTES = 32
PAUSES_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000)
"""How long after each attempt that failed the next one comes; after the last it is given up."""
PATIENCE_SECONDS = 5 * 86_400
"""After so long without a success nothing more is sent."""
_NAME = re.compile(r"\*|[a-z_]{1,40}\.(\*|[a-z_]{1,60})")


class State(enum.IntEnum):
    """What has become of a delivery. The numbers are stored."""

    WAITING = 0
    DELIVERED = 1
    GIVEN_UP = 2


class Webhook(msgspec.Struct, frozen=True):
    """One webhook. Field order is column order."""

    id: int
    account_id: int
    url: str
    names: list[str]
    """Which events: `app.scaled`, `operation.*`, `*`."""
    secret: str
    reached: int
    """Up to which event deliveries were made of what it is to be told."""
    created_at: int
    failing_since: int | None
    disabled_at: int | None
    disabled_why: str

    def wants(self, name: str) -> bool:
        """Whether it is to be told of events of this name."""
        noun = name.partition(".")[0]
        return any(pattern in {name, f"{noun}.*", "*"} for pattern in self.names)


class Delivery(msgspec.Struct, frozen=True):
    """One event that a webhook is to be told. Field order is column order."""

    id: int
    webhook_id: int
    seq: int
    name: str
    state: State
    attempts: int
    next_at: int
    created_at: int
    ended_at: int | None
    last_status: int | None
    last_error: str

    @property
    def message_id(self) -> str:
        """The same each time that the same webhook is told of the same event."""
        return f"msg_{self.webhook_id:x}_{self.seq}"


def checked_url(url: str) -> str:
    """The URL itself; Invalid where nothing can be sent there."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or len(url) > URL_LENGTH_MAX or not re.fullmatch(r"[!-~]+", url):
        raise Invalid(url="should be an http or https URL of at most 2000 visible ASCII characters")
    if parts.username is not None or parts.password is not None:
        raise Invalid(url="should hold no user and no password: messages are signed")
    return url


def checked_names(names: list[str]) -> list[str]:
    """The names themselves; Invalid where one is none."""
    if not 0 < len(names) <= NAMES_MAX or not all(_NAME.fullmatch(name) for name in names):
        raise Invalid(events=f"should be 1 to {NAMES_MAX} names of events, like app.scaled, operation.* or *")
    return sorted(set(names))


def shown_secret(secret: bytes) -> str:
    """A secret as it is given out and kept."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()
