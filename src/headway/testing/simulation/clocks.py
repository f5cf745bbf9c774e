"""Clocks of simulated machines: one time for all, and for each machine its own idea of the date."""

import asyncio
from collections import defaultdict

from headway.clock import SECOND
from headway.testing.simulation.loop import Loop

BEGIN = 1_767_225_600 * SECOND
"""The first second of 2026."""


class Dates:
    """What each machine believes the date to be. Machines that share a name share their clock."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._ahead: defaultdict[str, float] = defaultdict(float)
        self._latest = BEGIN

    def now(self, machine: str) -> int:
        """Microseconds UTC, as the machine believes."""
        now = BEGIN + int((self._loop.time() + self._ahead[machine]) * SECOND)
        self._latest = max(self._latest, now)
        return now

    def latest(self) -> int:
        """The latest that any machine has ever believed."""
        return self._latest

    def jump(self, machine: str, seconds: float) -> None:
        """Somebody sets its clock."""
        self._ahead[machine] += seconds


class MachineClock:
    """The clock of one process on a machine. While it sleeps with its machine, `behind` grows."""

    def __init__(self, loop: Loop, dates: Dates, machine: str) -> None:
        self._loop = loop
        self._dates = dates
        self.machine = machine
        self.behind = 0.0

    def now(self) -> int:
        """Microseconds UTC."""
        return self._dates.now(self.machine)

    def monotonic(self) -> float:
        """Seconds; a machine that was suspended has not counted them."""
        return self._loop.time() - self.behind

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of the loop's time."""
        await asyncio.sleep(max(0.0, seconds))  # noqa: TID251 - this is a clock
