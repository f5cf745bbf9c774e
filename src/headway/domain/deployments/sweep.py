"""Remove slugs that no release has any more: of releases that are no longer kept, of apps that were deleted."""

import asyncio
import logging

from headway.domain.world import World
from headway.errors import Trouble, Unavailable
from headway.store import deployments, releases
from headway.store.database import StorageFull, Tx

log = logging.getLogger(__name__)
EVERY_SECONDS = 600.0


class Sweeper:
    """The service that does it, at the start and then every few minutes."""

    def __init__(self, world: World, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._world = world
        self._every_seconds = every_seconds

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Sweep until `stop`."""
        ready.set()
        async with asyncio.TaskGroup() as group:
            sweeping = group.create_task(self._sweep_on())
            await stop.wait()
            sweeping.cancel()

    async def _sweep_on(self) -> None:
        while True:
            try:
                if removed := await sweep(self._world):
                    log.info("%d slugs that no release has were removed", removed)
            except (Trouble, Unavailable, StorageFull, OSError) as trouble:
                log.warning("slugs that no release has stay: %s", trouble)
            await self._world.clock.sleep(self._every_seconds)


async def sweep(world: World) -> int:
    """Remove them; how many. What a deployment that has not ended may have built stays."""
    now = world.clock.now()

    async def body(tx: Tx) -> tuple[set[str], int]:
        oldest = await deployments.oldest_active(tx)
        return await releases.digests(tx), now if oldest is None else min(now, oldest)

    return await world.builder.keep_slugs(*await world.database.read(body))
