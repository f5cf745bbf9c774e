"""How often one token may look at one operation."""

import math
from collections import OrderedDict

from headway.clock import Clock
from headway.errors import TooMany

JITTER_SECONDS = 0.1
"""Whoever comes so much too early has still come in time."""
KEPT_MAX = 50_000


class Polls:
    """At most `per_second` looks a second for each pair of token and operation; 0 is without a limit.

    A look that is refused counts for nothing. Of more than 50,000 pairs those that looked longest ago are forgotten.
    """

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._period = 1 / per_second if per_second > 0 else 0.0
        self._due: OrderedDict[tuple[int, int], float] = OrderedDict()
        """When each pair may look again, on the monotonic clock; who looked last is last."""

    def count(self, token_id: int, operation_id: int) -> None:
        """One more look; TooMany, with when to come back, where that is too soon."""
        if not self._period:
            return
        key, now = (token_id, operation_id), self._clock.monotonic()
        due = self._due.get(key, now)
        if now < due - JITTER_SECONDS:
            raise TooMany(
                "too many looks at one operation", retry_after=max(1, math.ceil(due - now - JITTER_SECONDS))
            )
        self._due[key] = max(due, now) + self._period
        self._due.move_to_end(key)
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._due:
            key, due = next(iter(self._due.items()))
            if due > now and len(self._due) <= KEPT_MAX:
                return
            del self._due[key]
