"""Projects: what apps are filed under."""

import re

import msgspec

from headway.errors import Invalid

NAME_LENGTH_MAX = 100
DEFAULT_NAME = "default"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Project(msgspec.Struct, frozen=True):
    """One project of an account. Field order is column order."""

    id: int
    owner_id: int
    name: str
    is_default: bool
    """Whether apps are filed here that name no project; true of one of each account's."""
    created_at: int
    updated_at: int


def checked_name(name: str) -> str:
    """The name itself; Invalid where it is empty, too long, or holds what cannot be shown."""
    if not name.strip() or len(name) > NAME_LENGTH_MAX or _CONTROL.search(name):
        raise Invalid(name=f"should have between 1 and {NAME_LENGTH_MAX} characters, all of them visible")
    return name
