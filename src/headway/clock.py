"""Time, handed down: the only reader of it. Times are microseconds UTC since 1970."""

import asyncio
import time
from typing import Protocol

SECOND = 1_000_000


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> int:
        """Microseconds UTC since 1970; may jump when the machine's clock is set."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary point; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`, or at once when they are not positive."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        """Microseconds UTC since 1970."""
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        """Seconds from an arbitrary point."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        await asyncio.sleep(seconds)
