"""Count the requests that the router tells of, each exactly once, and have the apps' logs tell of them, too.

How many there were is kept in the transaction that keeps up to which request they were counted; the router may forget
them only then. After a death counting begins anew behind the last that is kept; the logs know by themselves what they have
told already.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable

from headway import ids
from headway.clock import Clock
from headway.domain.logs.router_lines import RouterLines
from headway.errors import Unavailable
from headway.model import stats
from headway.model.stats import Of
from headway.routers.port import Request, Router
from headway.store import samples
from headway.store.database import Database, StorageFull, Tx
from headway.waiting import either

_log = logging.getLogger(__name__)
KEEP_SECONDS = 10.0
RETRY_SECONDS = 1.0
WAITING_MAX = 10_000
"""Of slices that could not be kept yet; then no more requests are read: they wait on disk, with the router."""
_NOT_NOW = (StorageFull, Unavailable)


class Gatherer:
    """The service that does it; it needs the router, the runtime and the logbook."""

    def __init__(
        self, router: Router, database: Database, lines: RouterLines, clock: Clock, *, node: str
    ) -> None:
        self._router = router
        self._database = database
        self._lines = lines
        self._clock = clock
        self._node = node
        self._counted: Of = {}
        self._place = 0
        self._kept = 0
        self._keeping: tuple[Of, int] | None = None
        """What is being kept, and up to which place it was counted."""
        self._later: set[str] = set()

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Gather until `stop`, then keep what was counted."""
        await self._until_done("read", self._begin)
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read())
            ready.set()
            while not stop.is_set():
                await either(stop.wait(), self._clock.sleep(KEEP_SECONDS))
                await self._tried("counted", self.keep)
            reading.cancel()

    async def _begin(self) -> None:
        self._place = self._kept = await self._database.read(lambda tx: samples.counted(tx, self._node))

    async def _read(self) -> None:
        async for requests in self._router.requests(self._place):
            await self._until_done("told", lambda: self._lines.keep(requests))  # noqa: B023 - before the next
            self.count(requests)
            while len(self._counted) > WAITING_MAX:
                await self._clock.sleep(RETRY_SECONDS)

    def count(self, requests: list[Request]) -> None:
        """Count these, which are behind all that were counted."""
        answered: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for it in requests:
            if (app_id := ids.parse(it.app_id)) is not None:
                answered[stats.key(app_id, it.ended_at)].append((it.status, it.duration_ms))
        for key, pairs in answered.items():
            stats.add(self._counted, key, stats.requests(pairs))
        self._place = requests[-1].end

    async def keep(self) -> None:
        """Keep what has been counted, at the second try just what was at the first. StorageFull, Unavailable."""
        self._lines.account()
        if self._keeping is None:
            if self._place == self._kept:
                return
            self._keeping = self._counted, self._place
            self._counted = {}
        counted, place = self._keeping

        async def body(tx: Tx) -> None:
            # Who heard that it could not be kept may have heard wrong.
            if await samples.counted(tx, self._node) < place:
                await samples.add(tx, self._node, counted)
                await samples.count(tx, self._node, place)

        await self._database.write(body)
        self._keeping, self._kept = None, place
        await self._router.forget_requests(place)

    async def _until_done(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        while not await self._tried(what, work):
            await self._clock.sleep(RETRY_SECONDS)

    async def _tried(self, what: str, work: Callable[[], Awaitable[None]]) -> bool:
        """Whether that could be done; that it could not is told once."""
        try:
            await work()
        except _NOT_NOW as error:
            if what not in self._later:
                _log.warning("requests are %s later: %s", what, str(error) or "the disk is full")
            self._later.add(what)
            return False
        self._later.discard(what)
        return True
