"""Marks: what a process holds as long as it lives, so that others see soon that it has died.

A mark that is free is a hint and no proof: a connection that broke frees it too. Whoever acts on it must do so in a
way that harms nothing where the process lives after all.
"""

from collections.abc import Sequence
from typing import Protocol


class Marks(Protocol):
    """The mark of this process, and what can be seen of others'."""

    async def take(self) -> int:
        """Hold a mark of this process's own from now on, and take it again where it is lost; its number, over 0.

        The same number each time, until it is dropped. Unavailable.
        """
        ...

    async def free(self, marks: Sequence[int]) -> set[int]:
        """Which of these marks of others nobody holds.

        None of them while the mark of this process is itself held only since a moment: what has broken our hold may
        have broken theirs, and they are on their way back. Unavailable where it cannot be told.
        """
        ...

    async def drop(self) -> None:
        """Hold nothing any more; twice is fine."""
        ...
