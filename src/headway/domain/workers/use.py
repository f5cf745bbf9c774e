"""Note that a worker is there."""

import contextlib

from headway.clock import SECOND
from headway.domain.accounts.use_token import NOTED_EVERY_SECONDS
from headway.domain.world import World
from headway.model.workers import Worker
from headway.store import workers
from headway.store.database import StorageFull


async def use(world: World, worker: Worker) -> None:
    """Keep when their token was last used, to the minute, so that reading costs no write."""
    now = world.clock.now()
    if worker.last_used_at is not None and now - worker.last_used_at < NOTED_EVERY_SECONDS * SECOND:
        return
    # A full disk must not keep people from looking what there is.
    with contextlib.suppress(StorageFull):
        await world.database.write(lambda tx: workers.used(tx, worker.id, now))
