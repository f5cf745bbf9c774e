"""Sweeps contents away that nothing has any more, and exports whose operations are forgotten."""

import asyncio
import logging

from headway.clock import SECOND
from headway.domain.world import World
from headway.errors import Unavailable
from headway.store import exports, files
from headway.store.database import StorageFull, Tx
from headway.waiting import either

log = logging.getLogger("files")

PAUSE_SECONDS = 3600.0
AT_REST_SECONDS = 3600.0
"""A content that was kept within this time is left alone."""


class Sweeper:
    """A content goes once two sweeps of one process, a pause apart, found that nothing has it.

    So an operation that a dead process left half-way has long gone on before what it made could go.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._loose: set[str] = set()

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Sweep once an hour until `stop`."""
        await self._world.blobs.clear()
        ready.set()
        while not stop.is_set():
            try:
                await self.sweep()
            except (Unavailable, StorageFull, OSError) as error:
                log.warning("contents that nothing has are swept away later: %s", error)
            await either(stop.wait(), self._world.clock.sleep(PAUSE_SECONDS))

    async def sweep(self) -> int:
        """How many contents went."""
        retention = self._world.config.operation_retention_days * 86_400 * SECOND
        before = self._world.clock.now() - retention
        await self._world.database.write(lambda tx: exports.forget(tx, before))
        found: set[str] = set()
        gone = 0
        for digest in await self._world.blobs.old(AT_REST_SECONDS):
            if await self._world.database.read(lambda tx, it=digest: _has(tx, it)):
                continue
            if digest in self._loose:
                gone += self._world.blobs.drop(digest, AT_REST_SECONDS)
            else:
                found.add(digest)
        self._loose = found
        return gone


async def _has(tx: Tx, digest: str) -> bool:
    return await files.refers(tx, digest) or await exports.refers(tx, digest)
