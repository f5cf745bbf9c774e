"""What each process can know of its own standing: whether its lease is good, and what has shaken that knowledge.

A process that was frozen, or whose machine or database was set to another date, may believe in a lease that is over.
It knows again once a renewal that it asked for afterwards has been answered with yes.
"""

from collections import defaultdict

from headway.testing.simulation.clocks import Dates
from headway.testing.simulation.loop import Loop, Process

NEVER = -1e9


class Standing:
    """The standing of every process."""

    def __init__(self, loop: Loop, dates: Dates, lease_seconds: float) -> None:
        self._loop = loop
        self._dates = dates
        self._seconds = lease_seconds
        self._asked: dict[int, float] = {}
        self._renewals: dict[int, bool] = {}
        self._known: defaultdict[str, float] = defaultdict(lambda: NEVER)
        """When the newest renewal that was answered with yes was asked for."""
        self._shaken: defaultdict[str, float] = defaultdict(lambda: NEVER)
        self.dropping: set[str] = set()
        """Processes that were told to stop, or that their lease is lost."""

    def asked(self, number: int) -> None:
        """A request has set out."""
        self._asked[number] = self._loop.time()

    def leased(self, number: int, good: bool) -> None:
        """The request was for the lease, and this is what became of it."""
        self._renewals[number] = good

    def heard(self, process: Process, number: int) -> None:
        """The process has the answer to a request."""
        at = self._asked.pop(number)
        good = self._renewals.pop(number, None)
        if good is False:
            self.dropping.add(process.name)
        elif good:
            self.dropping.discard(process.name)
            self._known[process.name] = max(at, self._known[process.name])

    def shaken(self, process: Process) -> None:
        """It was frozen, or a date has jumped that its lease hangs on."""
        self._shaken[process.name] = self._loop.time()

    def sure(self, process: Process) -> bool:
        """Whether nothing has shaken it since its last renewal."""
        return self._known[process.name] > self._shaken[process.name]

    def holds(self, process: Process) -> bool:
        """Whether its lease is good, as far as it can know."""
        return self._loop.time() < self._known[process.name] + self._seconds
