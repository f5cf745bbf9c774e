"""Look at the clock for every app: the service that begins what is due, and ends what takes too long.

Several nodes may look at once. Nothing of it is in memory only: a platform that starts goes on where the last one died,
and what it is too late for is told, not made up for.
"""

import asyncio
import logging

from headway.clock import SECOND
from headway.domain.cron_tasks.begin import begin
from headway.domain.cron_tasks.end import end
from headway.domain.world import World
from headway.errors import Refusal
from headway.model.cron_tasks import next_after
from headway.store import cron_tasks
from headway.store.database import StorageFull, Tx

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
_SET_BACK = 60 * SECOND
"""Between two looks the clock goes back by so much only if somebody sets it."""


class Timekeeper:
    """The service that does it."""

    def __init__(self, world: World, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._world = world
        self._look_seconds = look_seconds
        self._looked_at: int | None = None

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Keep looking until `stop`."""
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._keep())
            ready.set()
            await stop.wait()
            task.cancel()

    async def _keep(self) -> None:
        while True:
            try:
                await self.look()
            except (Refusal, StorageFull) as trouble:
                log.warning("tasks that are due are looked at later: %s", trouble)
            await self._world.clock.sleep(self._look_seconds)

    async def look(self) -> None:
        """Let everything happen that is due now; runs that are over end before others begin."""
        world, now = self._world, self._world.clock.now()
        if self._looked_at is None or now < self._looked_at - _SET_BACK:
            await world.database.write(lambda tx: _set_right(tx, now))
        self._looked_at = now
        for run in await world.database.read(lambda tx: cron_tasks.overdue(tx, now)):
            await end(world, run)
        for id in await world.database.read(lambda tx: cron_tasks.due(tx, now)):
            await begin(world, id)


async def _set_right(tx: Tx, now: int) -> None:
    """No task waits longer than its schedule says, as it would after a clock that was wrong was put right."""
    for it in await cron_tasks.ahead(tx, now):
        next_at = next_after(it.schedule, now)
        if it.next_at is not None and next_at < it.next_at:
            await cron_tasks.put_off(tx, it.id, next_at)
