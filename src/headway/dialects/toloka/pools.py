"""Pools: create, read, search, change; open, close, archive, clone."""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query
from headway.domain.pools.archive import archive as archive_pool
from headway.domain.pools.change import change as change_pool
from headway.domain.pools.change import set_priority
from headway.domain.pools.clone import clone as clone_pool
from headway.domain.pools.close import close as close_pool
from headway.domain.pools.create import create as create_pool
from headway.domain.pools.open import open as open_pool
from headway.errors import Busy, Conflict
from headway.model.pool_operations import PoolOperation
from headway.model.pools import CloseReason, PoolStatus
from headway.views import pools
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Param, Says

LIMIT, LIMIT_MAX = 20, 300
STATUSES = {it.name: it for it in PoolStatus}


@Says(wire.OBJECT, 201, body=wire.OBJECT, refuses=(Conflict,))
async def create(ask: Ask) -> Answer:
    """A new pool, closed."""
    return answer(project.pool(await create_pool(ask.world, await asked.object_of(ask), ask.actor)), 201)


@Says(wire.OBJECT)
async def get(ask: Ask) -> Answer:
    """One."""
    it = await pools.get(ask.world.database, ask.account.id, asked.id_of(ask, "pool"))
    return answer(project.pool(it))


@Says(
    wire.Page,
    params=(
        params.LIMIT,
        params.SORT,
        Param("status", "In which status."),
        Param("project_id", "Of which project."),
        *params.between("id", "created", "last_started"),
    ),
)
async def search(ask: Ask) -> Answer:
    """Those that are searched for."""
    query = Query(ask)
    status, project_id = query.among("status", STATUSES), query.id("project_id")
    sorts = ("id", "created", "last_started")
    wanted = query.search(times=("created", "last_started"), sorts=sorts, default=LIMIT, most=LIMIT_MAX)
    query.done()
    found = await pools.page(ask.world.database, ask.account.id, wanted, status, project_id)
    return answer(project.page([project.pool(it) for it in found.items], has_more=found.has_more))


@Says(wire.OBJECT, body=wire.OBJECT, refuses=(Conflict,))
async def change(ask: Ask) -> Answer:
    """Something else is said of it."""
    id = asked.id_of(ask, "pool")
    return answer(project.pool(await change_pool(ask.world, id, await asked.object_of(ask), ask.actor)))


@Says(wire.OBJECT, body=wire.OBJECT, refuses=(Conflict,))
async def patch(ask: Ask) -> Answer:
    """Another priority."""
    id = asked.id_of(ask, "pool")
    return answer(project.pool(await set_priority(ask.world, id, await asked.object_of(ask), ask.actor)))


@Says(wire.Operation, 202, also={204: None}, refuses=(Conflict, Busy))
async def open(ask: Ask) -> Answer:
    """Begin to open it."""
    return _begun(await open_pool(ask.world, asked.id_of(ask, "pool"), ask.actor))


@Says(wire.Operation, 202, also={204: None}, refuses=(Conflict, Busy))
async def close(ask: Ask) -> Answer:
    """Begin to close it."""
    return _begun(await close_pool(ask.world, asked.id_of(ask, "pool"), ask.actor))


@Says(wire.Operation, 202, also={204: None}, refuses=(Conflict, Busy))
async def close_for_update(ask: Ask) -> Answer:
    """The same; it opens again by itself after a while."""
    id = asked.id_of(ask, "pool")
    return _begun(await close_pool(ask.world, id, ask.actor, CloseReason.FOR_UPDATE))


@Says(wire.Operation, 202, also={204: None}, refuses=(Conflict, Busy))
async def archive(ask: Ask) -> Answer:
    """Begin to archive it."""
    return _begun(await archive_pool(ask.world, asked.id_of(ask, "pool"), ask.actor))


@Says(wire.Operation, 202, refuses=(Conflict,))
async def clone(ask: Ask) -> Answer:
    """Begin to clone it."""
    return answer(project.operation(await clone_pool(ask.world, asked.id_of(ask, "pool"), ask.actor)), 202)


def _begun(known: PoolOperation | None) -> Answer:
    """The operation; nothing where it was so already."""
    return empty() if known is None else answer(project.operation(known), 202)
