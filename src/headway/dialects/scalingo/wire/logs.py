"""App logs on the wire."""

import msgspec
from msgspec import UNSET, UnsetType


class Event(msgspec.Struct, kw_only=True):
    """One event of a log stream: the documents name its kind `name`, the clients read `event`."""

    event: str
    name: str
    log: str | UnsetType = UNSET
    timestamp: str


class Archive(msgspec.Struct, kw_only=True, rename={"from_": "from"}):
    """Lines that are no longer at hand, as a gzip; `url` is good for an hour."""

    url: str
    size: int
    from_: str
    """When its first line was said, for people: `Fri Mar 24 14:00:00 +0000 UTC 2017`."""
    to: str


class ArchivesReply(msgspec.Struct, kw_only=True):
    """Some archives, newest first."""

    next_cursor: str
    """What brings those behind them; empty where there are none."""
    has_more: bool
    archives: list[Archive]
