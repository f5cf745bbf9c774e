"""Trainings, which are pools of training tasks: create, read, search, change; open, close, archive, clone."""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query
from headway.domain.pools.archive import archive as archive_training
from headway.domain.pools.change import change as change_training
from headway.domain.pools.clone import clone as clone_training
from headway.domain.pools.close import close as close_training
from headway.domain.pools.create import create as create_training
from headway.domain.pools.open import open as open_training
from headway.errors import Busy, Conflict
from headway.model.pool_operations import PoolOperation
from headway.model.pools import CloseReason, PoolKind, PoolStatus
from headway.views import pools
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Param, Says

LIMIT, LIMIT_MAX = 20, 300
TRAINING = PoolKind.TRAINING
STATUSES = {it.name: it for it in PoolStatus}


@Says(wire.OBJECT, 201, body=wire.OBJECT, refuses=(Conflict,))
async def create(ask: Ask) -> Answer:
    """A new one, closed."""
    return answer(
        project.pool(await create_training(ask.world, await asked.object_of(ask), ask.actor, TRAINING)), 201
    )


@Says(wire.OBJECT)
async def get(ask: Ask) -> Answer:
    """One."""
    it = await pools.get(ask.world.database, ask.account.id, asked.id_of(ask, "training"), TRAINING)
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
    found = await pools.page(ask.world.database, ask.account.id, wanted, status, project_id, kind=TRAINING)
    return answer(project.page([project.pool(it) for it in found.items], has_more=found.has_more))


@Says(wire.OBJECT, body=wire.OBJECT, refuses=(Conflict,))
async def change(ask: Ask) -> Answer:
    """Something else is said of it."""
    id = asked.id_of(ask, "training")
    return answer(
        project.pool(await change_training(ask.world, id, await asked.object_of(ask), ask.actor, TRAINING))
    )


@Says(wire.Operation, 202, also={204: None}, refuses=(Conflict, Busy))
async def open(ask: Ask) -> Answer:
    """Begin to open it."""
    return _begun(await open_training(ask.world, asked.id_of(ask, "training"), ask.actor, TRAINING))


@Says(wire.Operation, 202, also={204: None}, refuses=(Conflict, Busy))
async def close(ask: Ask) -> Answer:
    """Begin to close it."""
    id = asked.id_of(ask, "training")
    return _begun(await close_training(ask.world, id, ask.actor, CloseReason.MANUAL, TRAINING))


@Says(wire.Operation, 202, also={204: None}, refuses=(Conflict, Busy))
async def close_for_update(ask: Ask) -> Answer:
    """The same; it opens again by itself after a while."""
    id = asked.id_of(ask, "training")
    return _begun(await close_training(ask.world, id, ask.actor, CloseReason.FOR_UPDATE, TRAINING))


@Says(wire.Operation, 202, also={204: None}, refuses=(Conflict, Busy))
async def archive(ask: Ask) -> Answer:
    """Begin to archive it."""
    return _begun(await archive_training(ask.world, asked.id_of(ask, "training"), ask.actor, TRAINING))


@Says(wire.Operation, 202, refuses=(Conflict,))
async def clone(ask: Ask) -> Answer:
    """Begin to clone it."""
    return answer(
        project.operation(await clone_training(ask.world, asked.id_of(ask, "training"), ask.actor, TRAINING)),
        202,
    )


def _begun(known: PoolOperation | None) -> Answer:
    """The operation; nothing where it was so already."""
    return empty() if known is None else answer(project.operation(known), 202)
