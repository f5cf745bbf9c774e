"""How often somebody may ask: a bucket each, refilled all the time; and how many may be worked for at once."""

import contextlib
from collections.abc import Generator

from headway.clock import Clock
from headway.errors import TooMany, Unavailable

_BUCKETS_MAX = 10_000
_NAME_LENGTH_MAX = 254
GUESSES_OF_ACCOUNT_PER_MINUTE = 10
GUESSES_FROM_ADDRESS_PER_MINUTE = 60


class Limits:
    """At most `per_minute` requests a minute for each asker; a full minute's worth may come at once.

    Of more than 10,000 askers, those who first asked longest ago are forgotten: their minute begins anew.
    """

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._per_second = per_minute / 60
        self._size = float(per_minute)
        self._buckets: dict[object, _Bucket] = {}

    def count(self, asker: object) -> None:
        """One more request of the asker; TooMany, with when to come back, where that is over the limit."""
        if not self.spares(asker, self._clock.monotonic()):
            left = self._buckets[asker].left
            raise TooMany("Retry later", retry_after=max(1, round((1 - left) / self._per_second)))

    def spares(self, asker: object, now: float) -> bool:
        """Whether the asker has a request left, which then is counted; `now` is what the monotonic clock says."""
        bucket = self._buckets.get(asker) or self._new(asker, now)
        left = bucket.left + (now - bucket.at) * self._per_second
        left = min(left, self._size)
        bucket.at = now
        if left < 1:
            bucket.left = left
            return False
        bucket.left = left - 1
        return True

    def _new(self, asker: object, now: float) -> "_Bucket":
        if len(self._buckets) >= _BUCKETS_MAX:
            del self._buckets[next(iter(self._buckets))]
        bucket = self._buckets[asker] = _Bucket(self._size, now)
        return bucket


class Guesses:
    """How often a password or a code may be tried: so often a minute for one account, and from one address."""

    def __init__(self, clock: Clock) -> None:
        self._accounts = Limits(clock, GUESSES_OF_ACCOUNT_PER_MINUTE)
        self._addresses = Limits(clock, GUESSES_FROM_ADDRESS_PER_MINUTE)

    def count(self, account: str, address: str) -> None:
        """One more try; TooMany, with when to come back, where that is over a limit, right or not."""
        self._addresses.count(address)
        self._accounts.count(account.lower()[:_NAME_LENGTH_MAX])


class Places:
    """At most `at_once_max` requests are worked on at once; who comes beyond that is told to come again.

    Those that wait, for news or for their sender, stand aside: they cost a connection and no work.
    """

    def __init__(self, at_once_max: int) -> None:
        self._at_once_max = at_once_max
        self._taken = 0

    @contextlib.contextmanager
    def taken(self) -> Generator[None]:
        """Have a place; Unavailable where none is free."""
        if self._taken >= self._at_once_max:
            raise Unavailable("too many requests at once, try again soon")
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    @contextlib.contextmanager
    def aside(self) -> Generator[None]:
        """Wait, and let another one have the place meanwhile."""
        self._taken -= 1
        try:
            yield
        finally:
            self._taken += 1


class _Bucket:
    __slots__ = ("at", "left")

    def __init__(self, left: float, at: float) -> None:
        self.left = left
        self.at = at
