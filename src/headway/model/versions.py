"""The version of what somebody looked at, and the condition that it is still that which they change."""

from hashlib import blake2b
from typing import Any

import msgspec

from headway.errors import Stale


def version_of(value: Any) -> str:
    """A short text that is another one as soon as anything of the value is."""
    return blake2b(msgspec.json.encode(value), digest_size=8).hexdigest()


def check_match(wanted: str, value: Any) -> None:
    """Stale where `wanted` (an `If-Match`: `*`, versions in quotes with commas between, or empty) names another version."""
    if not wanted or wanted.strip() == "*":
        return
    named = {part.strip().strip('"') for part in wanted.split(",")}
    if version_of(value) not in named:
        raise Stale("it has changed since it was read: read it again")
