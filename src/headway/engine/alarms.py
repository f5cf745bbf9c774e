"""Many who wait until about the same time share one timer: it is a good part of what a waiter costs."""

import asyncio
import math

GRAIN_SECONDS = 0.05
"""How much later than asked for somebody may be woken."""


class Alarms:
    """Wakes those who wait when their time is up."""

    def __init__(self) -> None:
        self._waiting: dict[int, set[asyncio.Future[None]]] = {}

    def set(self, waiting: "asyncio.Future[None]", seconds: float) -> int:
        """Wake it after so many seconds, or a little later; what `unset` takes."""
        loop = asyncio.get_running_loop()
        at = math.ceil((loop.time() + seconds) / GRAIN_SECONDS)
        if at not in self._waiting:
            self._waiting[at] = set()
            loop.call_at(at * GRAIN_SECONDS, self._ring, at)
        self._waiting[at].add(waiting)
        return at

    def unset(self, waiting: "asyncio.Future[None]", at: int) -> None:
        """It waits no more."""
        if at in self._waiting:
            self._waiting[at].discard(waiting)

    def _ring(self, at: int) -> None:
        for waiting in self._waiting.pop(at):
            if not waiting.done():
                waiting.set_result(None)
