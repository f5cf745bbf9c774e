"""What happens to requests on their way to the database and back, and to notifications, as the seed says."""

from random import Random

import msgspec

from headway.errors import Unavailable
from headway.store.database import StorageFull

FOREVER = 1e9


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """How often, of one request, each thing happens; 0 is never."""

    away: float = 0.0
    """It fails before anything is written."""
    lost: float = 0.0
    """It is carried out, and its answer is lost."""
    full: float = 0.0
    strange: float = 0.0
    """It fails in a way that nobody foresaw."""
    slow: float = 0.0
    """It takes up to three seconds on its way, there or back."""
    twice: float = 0.0
    """Its body is run, taken back, and run again."""
    outlives: float = 0.5
    """Of those whose process dies meanwhile: it reaches the database all the same."""
    deaf: float = 0.0
    """A notification is lost; the database is looked at a second later."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One request's way: seconds there and back, and what becomes of it."""

    there: float
    back: float
    error: Exception | None = None
    carried_out: bool = True
    twice: bool = False
    outlives: bool = False
    """Whether it reaches the database though its process is dead."""


class Weather:
    """Fair or foul. A node can be cut off for a while: its requests stall, or fail."""

    def __init__(self, random: Random, shares: Shares) -> None:
        self._random = random
        self._shares = shares
        self._cut: dict[str, tuple[float, bool]] = {}
        self.strange_ones: set[str] = set()
        """Processes that met what nobody foresaw."""

    def clear(self) -> None:
        """From now on everything works."""
        self._shares = Shares()
        self._cut.clear()

    def cut(self, node: str, until: float, *, stalls: bool) -> None:
        """Until then requests of the node stall, or fail. `*` is every node."""
        self._cut[node] = (until, stalls)

    def way(self, process: str, node: str, now: float) -> Way:
        """The way of the next request."""
        there, back = self._pace(), self._pace()
        until, stalls = max((self._cut.get(key, (0.0, False)) for key in (node, "*")), key=lambda it: it[0])
        if until > now and not stalls:
            return Way(there=there, back=back, error=Unavailable("the database is away"), carried_out=False)
        if until > now:
            there += until - now
        return self._fate(process, there, back)

    def _fate(self, process: str, there: float, back: float) -> Way:
        shares, chance = self._shares, self._random.random()
        outlives = self._random.random() < shares.outlives
        for share, error, carried_out in (
            (shares.away, Unavailable("the connection broke"), False),
            (shares.lost, Unavailable("the connection broke before the answer"), True),
            (shares.full, StorageFull("the disk is full"), False),
            (shares.strange, OSError("nobody foresaw this"), False),
        ):
            if chance < share:
                if isinstance(error, OSError):
                    self.strange_ones.add(process)
                return Way(there=there, back=back, error=error, carried_out=carried_out, outlives=outlives)
            chance -= share
        return Way(there=there, back=back, twice=chance < shares.twice, outlives=outlives)

    def _pace(self) -> float:
        if self._random.random() < self._shares.slow:
            return self._random.uniform(0, 3)
        return self._random.expovariate(2000)

    def notice(self) -> float:
        """In how many seconds a node hears that something was committed."""
        if self._random.random() < self._shares.deaf:
            return self._random.uniform(0.5, 1.2)
        return self._random.expovariate(500)
