"""What is this node's and not performed: after which pause each operation is taken up, and what has been.

A pause, because an operation may be on disk a moment before it is begun here, and because one that cannot be written
down would otherwise be taken up again and again without a breath. It doubles with each time. Kept is only what the
node still owns, and what it has taken up while a seat lasts.
"""

from collections.abc import Set as AbstractSet

from headway.clock import Clock
from headway.model.operations import Operation

FIRST_SECONDS = 1.0
PAUSE_SECONDS_MAX = 30.0


class Missed:
    """Of one node. `seat_seconds`: so long after its seat was given an operation may still be begun."""

    def __init__(self, clock: Clock, seat_seconds: float) -> None:
        self._clock = clock
        self._seat_seconds = seat_seconds
        self._at: dict[int, float] = {}
        """When each may be taken up."""
        self._times: dict[int, int] = {}
        """How often each was."""
        self._found: dict[int, float] = {}
        """What was taken up, and until when an answer may come that is older."""

    def dropped(self, operation: Operation) -> None:
        """Its performing has ended here before it has."""
        self._at[operation.id] = self._clock.monotonic() + self._pause(operation.id)

    def due(self, mine: AbstractSet[int], performing: AbstractSet[int]) -> list[int]:
        """What is to be taken up now, of what is this node's; it counts as taken up."""
        now = self._clock.monotonic()
        self._times = {id: times for id, times in self._times.items() if id in mine}
        self._at = {id: self._at.get(id, now + self._pause(id)) for id in mine - performing}
        due = sorted(id for id, at in self._at.items() if at <= now)
        self._times |= {id: self._times.get(id, 0) + 1 for id in due}
        self._found = {id: until for id, until in self._found.items() if now < until}
        self._found |= dict.fromkeys(due, now + self._seat_seconds)
        return due

    def found(self, id: int) -> bool:
        """Whether it was taken up since any seat was given that is still good."""
        return id in self._found

    def _pause(self, id: int) -> float:
        return min(FIRST_SECONDS * 2 ** min(self._times.get(id, 0), 10), PAUSE_SECONDS_MAX)
