"""How often somebody may ask: a bucket each, refilled all the time."""

from headway.clock import Clock
from headway.errors import TooMany

_BUCKETS_MAX = 10_000


class Limits:
    """At most `per_minute` requests a minute for each asker; a full minute's worth may come at once.

    Of more than 10,000 askers, those who asked longest ago are forgotten.
    """

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._per_second = per_minute / 60
        self._size = float(per_minute)
        self._buckets: dict[object, tuple[float, float]] = {}

    def count(self, asker: object) -> None:
        """One more request of the asker; TooMany, with when to come back, where that is over the limit."""
        now = self._clock.monotonic()
        left, at = self._buckets.pop(asker, (self._size, now))
        left = min(self._size, left + (now - at) * self._per_second)
        self._buckets[asker] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > _BUCKETS_MAX:
            del self._buckets[next(iter(self._buckets))]
        if left < 1:
            raise TooMany("Retry later", retry_after=max(1, round((1 - left) / self._per_second)))
