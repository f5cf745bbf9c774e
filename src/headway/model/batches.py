"""Batches: many tasks or suites that are uploaded at once, kept in chunks, each with what came of its objects.

The counts of a batch that has ended always fit: valid and not valid are all, and so are created and failed.
"""

from typing import Any

import msgspec

CHUNK_SIZE = 500
OBJECTS_MAX = 100_000


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a batch is meant."""

    allow_defaults: bool = False
    skip_invalid_items: bool = False
    open_pool: bool = False


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What came of how many objects."""

    total_count: int = 0
    valid_count: int = 0
    not_valid_count: int = 0
    success_count: int = 0
    failed_count: int = 0


class Chunk(msgspec.Struct, frozen=True):
    """Some objects of a batch, in their order. Field order is column order."""

    operation: int
    n: int
    items: str
    """JSON list of what was sent."""
    wrong: str
    """JSON: the errors of each that is wrong, by its index in the chunk."""
    made: str | None
    """JSON list of the id that each became, 0 where none; None until they are made."""

    @property
    def objects(self) -> list[Any]:
        """What was sent."""
        return msgspec.json.decode(self.items)

    @property
    def errors(self) -> dict[str, dict[str, Any]]:
        """The errors of each that is wrong."""
        return msgspec.json.decode(self.wrong)

    @property
    def ids(self) -> list[int]:
        """The id that each became; nothing until they are made."""
        return msgspec.json.decode(self.made or "[]")
