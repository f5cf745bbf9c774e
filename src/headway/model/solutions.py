"""Aggregated solutions: what several answers to a task come to."""

from typing import Any

import msgspec


class Solution(msgspec.Struct, frozen=True):
    """What was found for one task. Field order is column order."""

    task_id: int
    pool_id: int
    confidence: float
    output: str
    """JSON of the values."""

    @property
    def values(self) -> dict[str, Any]:
        """The values."""
        return msgspec.json.decode(self.output)
