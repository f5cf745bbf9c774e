"""Ask for certificates that are due: none yet, after a failure's pause, or two thirds of a life over."""

import asyncio
import logging

from headway.domain.domains.certify import certify
from headway.domain.world import World
from headway.errors import Refusal
from headway.model.domains import Domain, is_due
from headway.model.operations import Actor, Operation
from headway.store import apps, certificates, domains
from headway.store.database import StorageFull, Tx

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
AT_ONCE_MAX = 10


class Renewer:
    """The service that does it."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Look once a minute until `stop`; not at all where there is no authority."""
        ready.set()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._look())
            await stop.wait()
            task.cancel()

    async def _look(self) -> None:
        while self._world.authority.is_open:
            try:
                await renew(self._world)
            except (Refusal, StorageFull) as trouble:
                log.warning("certificates are asked for later: %s", trouble)
            await self._world.clock.sleep(LOOK_SECONDS)


async def renew(world: World) -> list[Operation]:
    """Begin what is due, as much as an authority may be asked at once; the operations."""
    begun: list[Operation] = []
    for it in await world.database.read(lambda tx: _due(tx, world.clock.now())):
        operation = await world.database.write(lambda tx, it=it: _begin(world, tx, it))
        begun += [operation] if operation is not None else []
    return begun


async def _due(tx: Tx, now: int) -> list[Domain]:
    return [it for it in await domains.automatic(tx) if is_due(it, await certificates.life(tx, it.id), now)]


async def _begin(world: World, tx: Tx, it: Domain) -> Operation | None:
    if await domains.count_certifying(tx) >= AT_ONCE_MAX:
        return None
    now = await _now(tx, it)
    if now is None:
        return None
    owner = (await apps.get(tx, it.app_id)).owner_id
    return await certify(world, tx, now, Actor(account_id=owner))


async def _now(tx: Tx, it: Domain) -> Domain | None:
    """The domain as it is in this transaction; None where it is gone."""
    return next((one for one in await domains.of_app(tx, it.app_id) if one.id == it.id), None)
