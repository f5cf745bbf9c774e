"""The janitor: forgets what is old enough, a little at a time.

An ended operation is kept for its retention; then a tombstone is left, so that an expired id is told from one that
never was. Events go in the order in which they came, once they are older than every operation that is kept.
"""

import asyncio
import logging

from headway.clock import SECOND, Clock
from headway.errors import Unavailable
from headway.ids import NODE_BITS, SEQUENCE_BITS
from headway.store import events, operations
from headway.store.database import Database, StorageFull, Tx
from headway.waiting import either

log = logging.getLogger("engine")

BATCH = 200
PAUSE_SECONDS = 3600.0
BREATH_SECONDS = 0.05


class Janitor:
    """Forgets operations that ended, and were accepted, more than `retention_days` ago."""

    def __init__(self, database: Database, clock: Clock, *, retention_days: float) -> None:
        self._database = database
        self._clock = clock
        self._retention = int(retention_days * 86_400 * SECOND)

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Sweep once an hour until `stop`."""
        ready.set()
        while not stop.is_set():
            try:
                await self.sweep()
            except (Unavailable, StorageFull) as error:
                log.warning("what is old is forgotten later: %s", error)
            await either(stop.wait(), self._clock.sleep(PAUSE_SECONDS))

    async def sweep(self) -> int:
        """Forget everything that is due; how many operations went."""
        gone, batch = 0, BATCH
        before = self._clock.now() - self._retention
        while batch == BATCH:
            batch = await self._database.write(lambda tx: self._bury(tx, before))
            gone += batch
            await self._clock.sleep(BREATH_SECONDS)
        batch = BATCH
        while batch == BATCH:
            batch = await self._database.write(lambda tx: self._forget(tx, before))
            await self._clock.sleep(BREATH_SECONDS)
        return gone

    async def _bury(self, tx: Tx, before: int) -> int:
        id = before // 1000 << (SEQUENCE_BITS + NODE_BITS)
        return await operations.bury(tx, id, before, BATCH)

    async def _forget(self, tx: Tx, before: int) -> int:
        oldest = await operations.oldest(tx)
        return await events.forget(tx, before if oldest is None else min(before, oldest), BATCH)
