"""Workers: people who answer tasks. Each belongs to the account whose pools they work in, and has a token of their own."""

import re

import msgspec

from headway.errors import Invalid

TOKEN_PREFIX = "tk-wk-"  # noqa: S105 - what every secret of a worker begins with
NAME_LENGTH_MAX = 64
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._@-]{{0,{NAME_LENGTH_MAX - 1}}}")


class Worker(msgspec.Struct, frozen=True):
    """Somebody who answers tasks. Field order is column order."""

    id: int
    owner_id: int
    """The account that made them: they see its open pools, and nothing else."""
    name: str
    """By this one their answers are known: it is the `user_id` of their assignments."""
    hash: str
    """SHA-256 of the secret, which is random and long; the secret is known only to its holder."""
    created_at: int
    last_used_at: int | None


def checked_name(name: str) -> str:
    """The name itself; Invalid where it cannot be a worker's."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            name=f"should have 1 to {NAME_LENGTH_MAX} letters, digits, dots, hyphens, underscores or @, "
            "and begin with a letter or digit"
        )
    return name
