"""App logs on the wire."""

import msgspec
from msgspec import UNSET, UnsetType


class Event(msgspec.Struct, kw_only=True):
    """One event of a log stream: the documents name its kind `name`, the clients read `event`."""

    event: str
    name: str
    log: str | UnsetType = UNSET
    timestamp: str
