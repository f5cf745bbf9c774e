"""What happens in pools by itself: the service that looks after it.

A pool that was closed for an update opens again; an open one is closed when it expires, or some time after all was
answered; one in which nothing happens for a month is archived. An assignment that is not answered in time expires,
and an answer that nobody looks at is accepted. Each is an operation, or a transaction that asks again whether it is
so; several nodes may look at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from headway.clock import SECOND
from headway.domain.assignments.issue import expire
from headway.domain.assignments.review import accept_unreviewed
from headway.domain.pools.archive import archive
from headway.domain.pools.close import close
from headway.domain.pools.open import open
from headway.domain.world import World
from headway.errors import Refusal, Unavailable
from headway.ids import NODE_BITS, SEQUENCE_BITS
from headway.model.assignments import Assignment, AssignmentStatus
from headway.model.operations import Actor
from headway.model.pools import CloseReason, Pool, PoolKind
from headway.store import assignments, pool_operations, pools, task_suites, tasks
from headway.store.database import StorageFull, Tx

log = logging.getLogger(__name__)
T = TypeVar("T")

IDLE_SECONDS = 30 * 86_400
IDLE_EMPTY_SECONDS = 90 * 86_400
FORGET_EVERY_LOOKS = 3600
_DAY = 86_400


class PoolKeeper:
    """The service that does it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._looks = 0

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Keep until `stop`."""
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
                log.warning("pools are looked after later: %s", trouble)
            await self._world.clock.sleep(self._world.config.pool_look_seconds)

    async def look(self) -> None:
        """Let everything happen that is due."""
        world, now = self._world, self._world.clock.now()
        for it in await world.database.read(lambda tx: assignments.due(tx, now)):
            await self._each(self._move_on, it)
        for pool in await world.database.read(lambda tx: pools.to_reopen(tx, now)):
            await self._each(self._reopen, pool)
        after = 0
        while page := await world.database.read(lambda tx, after=after: pools.opened(tx, after)):
            for pool in page:
                await self._each(self._close_if_over, pool)
            after = page[-1].id
        await self._tidy(now)

    async def _each(self, act: Callable[[T], Awaitable[None]], it: T) -> None:
        """One after another; what is refused is done by somebody else, or stays as it is."""
        try:
            await act(it)
        except Unavailable:
            raise
        except Refusal as refusal:
            log.debug("left as it is: %s", refusal)

    async def _move_on(self, it: Assignment) -> None:
        world, by = self._world, Actor(account_id=it.owner_id)

        async def body(tx: Tx) -> None:
            now = await assignments.get(tx, it.owner_id, it.id)
            if now.due_at is None or now.due_at > world.clock.now():
                return
            if now.status is AssignmentStatus.SUBMITTED:
                await accept_unreviewed(world, tx, now, by)
            else:
                await expire(world, tx, now, by)

        await world.database.write(body)

    async def _reopen(self, pool: Pool) -> None:
        await open(self._world, pool.id, Actor(account_id=pool.owner_id), pool.kind)

    async def _close_if_over(self, pool: Pool) -> None:
        world, now = self._world, self._world.clock.now()
        by = Actor(account_id=pool.owner_id)
        if pool.expires_at <= now:
            await close(world, pool.id, by, CloseReason.EXPIRED, pool.kind)
        elif await self._is_complete(pool):
            pause = (pool.terms.auto_close_after_complete_delay_seconds or 0) * SECOND
            if pool.complete_since is None:
                await world.database.write(lambda tx: pools.complete(tx, pool.id, now))
            if (pool.complete_since or now) + pause <= now:
                await close(world, pool.id, by, CloseReason.COMPLETED, pool.kind)

    async def _is_complete(self, pool: Pool) -> bool:
        if pool.kind is PoolKind.TRAINING:
            return False  # There is always somebody who has not been trained.

        async def body(tx: Tx) -> bool:
            if pool.terms.mixer_config is None:
                wanting = await task_suites.wanting(tx, pool.id)
            else:
                wanting = await tasks.wanting(tx, pool.id)
            return not wanting and not await assignments.active_in(tx, pool.id)

        return await self._world.database.read(body)

    async def _tidy(self, now: int) -> None:
        """Seldom: archive what is idle, forget what belongs to operations that are forgotten."""
        if self._looks % FORGET_EVERY_LOOKS == 0:
            world = self._world
            for pool in await world.database.read(lambda tx: pools.idle(tx, now - IDLE_SECONDS * SECOND)):
                await self._each(self._archive_if_idle, pool)
            before = (now - world.config.operation_retention_days * _DAY * SECOND) // 1000
            lowest = before << (SEQUENCE_BITS + NODE_BITS)
            await world.database.write(lambda tx: pool_operations.forget_lost(tx, lowest))
        self._looks += 1

    async def _archive_if_idle(self, pool: Pool) -> None:
        """Where nothing was ever given out it is waited longer."""
        world = self._world
        pause = IDLE_SECONDS if pool.last_started_at is not None else IDLE_EMPTY_SECONDS
        if pool.changed_at + pause * SECOND <= world.clock.now():
            await archive(world, pool.id, Actor(account_id=pool.owner_id), pool.kind)
