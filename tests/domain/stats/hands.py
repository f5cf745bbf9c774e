"""A clock for services: its hands are turned by the test, and who sleeps is woken when they pass."""

import asyncio

from headway.clock import SECOND

MINUTE = 60 * SECOND
START = 30_000_000 * MINUTE


class Hands:
    """Begins at the beginning of a minute. `asleep` is set while somebody sleeps for more than a moment."""

    def __init__(self) -> None:
        self._now = START
        self._turned = asyncio.Event()
        self._asleep = 0
        self._changed = asyncio.Event()

    def now(self) -> int:
        return self._now

    def monotonic(self) -> float:
        return self._now / SECOND

    async def sleep(self, seconds: float) -> None:
        until = self._now + seconds * SECOND
        await asyncio.sleep(0)
        while self._now < until:
            self._asleep += 1
            self._changed.set()
            try:
                await self._turned.wait()
            finally:
                self._asleep -= 1

    async def turn(self, seconds: float, *, sleepers: int = 1) -> None:
        """Once so many sleep, let that time pass; return when so many sleep again."""
        await self.asleep(sleepers)
        self._now += round(seconds * SECOND)
        turned, self._turned = self._turned, asyncio.Event()
        turned.set()
        await asyncio.sleep(0)
        await self.asleep(sleepers)

    async def asleep(self, count: int = 1) -> None:
        """Return when so many sleep."""
        async with asyncio.timeout(60):
            while self._asleep < count:
                self._changed.clear()
                await self._changed.wait()
