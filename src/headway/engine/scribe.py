"""The scribe: writes down what running operations say, a moment after they said it.

One for all operations of a node, and only for those that are still at the same step: the write that ends a step
takes along what was said in it.
"""

import asyncio
from typing import Any

from headway.clock import Clock
from headway.engine.run import Live

FLUSH_SECONDS = 0.1


class Scribe:
    """Runs until its task is cancelled."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._called: list[Live[Any, Any]] = []
        self._wake = asyncio.Event()

    def call(self, run: Live[Any, Any]) -> None:
        """It has something to write down."""
        self._called.append(run)
        self._wake.set()

    async def serve(self) -> None:
        """Write down what comes."""
        while True:
            await self._wake.wait()
            await self._clock.sleep(FLUSH_SECONDS)
            self._wake.clear()
            # Not by way of a name here: it would hold what has ended for as long as nobody says anything.
            await self._write(self._taken())

    def _taken(self) -> list[Live[Any, Any]]:
        called, self._called = self._called, []
        return called

    async def _write(self, called: list[Live[Any, Any]]) -> None:
        async with asyncio.TaskGroup() as group:
            for run in called:
                if run.heard():
                    group.create_task(run.write_down())
