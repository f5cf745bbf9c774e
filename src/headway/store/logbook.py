"""The logbook: what apps said, kept in append-only files, one folder an app.

Lines are kept together with how far they have been read from their container's output, so that after a crash
each line is there exactly once.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import msgspec

from headway.clock import Clock

Wanted = Callable[[str], bool]
"""Whether lines of a source (`web-1`, `router`) are asked for."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line in an app's log. `at` is microseconds UTC."""

    at: int
    source: str
    text: str


class Logbook:
    """All logs of all apps. At most `hot_bytes` are kept for each; the oldest go first."""

    def __init__(self, folder: Path, clock: Clock, *, hot_bytes: int) -> None:
        self._folder = folder
        self._clock = clock
        self._hot_bytes = hot_bytes

    def open(self) -> dict[str, int]:
        """Make ready for writing; for each unit, how far its output has been kept."""
        raise NotImplementedError

    def append(self, app_id: str, lines: Sequence[Line], *, unit: str = "", end: int = 0) -> None:
        """Keep the lines, and that `unit` has been read up to `end`, both or neither, at once.

        They survive the death of this process when this returns. StorageFull where the disk is full.
        """
        raise NotImplementedError

    def last(self, app_id: str, count: int, wanted: Wanted) -> list[Line]:
        """The newest `count` lines of wanted sources, oldest first."""
        raise NotImplementedError

    def follow(self, app_id: str, wanted: Wanted) -> AsyncIterator[list[Line]]:
        """What is appended from now on, as it comes; never ends by itself. A reader that is too slow misses nothing."""
        raise NotImplementedError

    def forget(self, app_id: str) -> None:
        """Remove the log of an app."""
        raise NotImplementedError
