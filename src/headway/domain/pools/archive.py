"""Archive a pool, for good: it can be read and cloned, and nothing in it changes any more."""

import msgspec

from headway.clock import SECOND
from headway.domain.pools.begin import begin, same_in_flight
from headway.domain.pools.change import unfit
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.errors import Failure
from headway.model.fields import Unfit
from headway.model.operations import Actor, NewEvent
from headway.model.pool_operations import PoolOperation
from headway.model.pools import Pool, PoolKind, PoolStatus
from headway.store import assignments, pools
from headway.store.database import Tx

DISPUTED_SECONDS = 9 * 86_400
"""So long somebody whose answer was rejected may ask for another look."""


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """Which pool, of whom."""

    pool_id: int
    owner_id: int


async def archive(
    world: World, pool_id: int, by: Actor, kind: PoolKind = PoolKind.REGULAR
) -> PoolOperation | None:
    """Begin to archive it; None where it is archived.

    NotFound; Unfit while it is open, somebody has a part of it in hand, or a rejection is new; Busy.
    """
    params = Archive(pool_id=pool_id, owner_id=by.account_id)

    async def body(tx: Tx) -> PoolOperation | None:
        pool = await pools.get(tx, by.account_id, pool_id, kind)
        if (same := await same_in_flight(tx, ARCHIVES[kind], params)) is not None:
            return same
        if pool.status is PoolStatus.ARCHIVED:
            return None
        await _refuse_living(world, tx, pool)
        return await begin(world, tx, ARCHIVES[kind], params, by=by)

    return await world.database.write(body)


async def _refuse_living(world: World, tx: Tx, pool: Pool) -> None:
    if pool.status is not PoolStatus.CLOSED:
        raise unfit(pool, PoolStatus.CLOSED)
    if await assignments.active_in(tx, pool.id):
        raise Unfit("there-is-active-assignment", "somebody has a part of the pool in hand")
    if await assignments.rejected_since(tx, pool.id, world.clock.now() - DISPUTED_SECONDS * SECOND):
        raise Unfit("there-is-rejected-assignment", "an answer was rejected less than nine days ago")


async def see(run: Run[Archive, World]) -> None:
    """It can be archived."""
    params, world = run.params, run.world

    async def body(tx: Tx) -> None:
        await _refuse_living(world, tx, await pools.get(tx, params.owner_id, params.pool_id))

    try:
        await world.database.read(body)
    except Unfit as refusal:
        raise Failure(refusal.code, str(refusal)) from refusal


async def record(run: Run[Archive, World], tx: Tx) -> None:
    """It is archived. Unfit where it is not closed."""
    it, now = run.operation, run.world.clock.now()
    if not await pools.archive(tx, run.params.pool_id, now):
        raise Unfit("inappropriate-status", "the pool is not closed")
    by = Actor(account_id=it.account_id)
    tx.append(NewEvent(at=now, name="pool.archived", operation=it.id, target=it.target, by=by))


def type_of(kind: PoolKind) -> OperationType[Archive, World]:
    """The operation type for that kind."""
    return OperationType(
        name=f"{kind.noun}.archive",
        params=Archive,
        target=lambda params: f"pool:{params.pool_id}",
        steps=(Step(title="see that nobody needs it any more", do=see),),
        record=record,
        summary=lambda _: f"archive a {kind.noun}",
    )


ARCHIVES = {kind: type_of(kind) for kind in PoolKind}
ARCHIVE, ARCHIVE_TRAINING = ARCHIVES[PoolKind.REGULAR], ARCHIVES[PoolKind.TRAINING]
