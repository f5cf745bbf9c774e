"""Close a pool: nothing more of it is given out. What people have in hand they may still answer."""

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
from headway.model.pools import CloseReason, PoolKind, PoolStatus
from headway.store import pools
from headway.store.database import Tx


class Close(msgspec.Struct, frozen=True, kw_only=True):
    """Which pool, of whom, and why."""

    pool_id: int
    owner_id: int
    reason: CloseReason


async def close(
    world: World,
    pool_id: int,
    by: Actor,
    reason: CloseReason = CloseReason.MANUAL,
    kind: PoolKind = PoolKind.REGULAR,
) -> PoolOperation | None:
    """Begin to close it; None where it is closed. NotFound; Unfit where it is archived; Busy.

    One that is closed for an update opens again by itself after a while.
    """
    params = Close(pool_id=pool_id, owner_id=by.account_id, reason=reason)

    async def body(tx: Tx) -> PoolOperation | None:
        pool = await pools.get(tx, by.account_id, pool_id, kind)
        if (same := await same_in_flight(tx, CLOSES[kind], params)) is not None:
            return same
        if pool.status is PoolStatus.ARCHIVED:
            raise unfit(pool, PoolStatus.OPEN)
        if pool.status is PoolStatus.CLOSED:
            if reason is CloseReason.MANUAL:
                await pools.stay_closed(tx, pool.id)
            return None
        return await begin(world, tx, CLOSES[kind], params, by=by)

    return await world.database.write(body)


async def see(run: Run[Close, World]) -> None:
    """It is open."""
    params = run.params
    pool = await run.world.database.read(lambda tx: pools.get(tx, params.owner_id, params.pool_id))
    if pool.status is not PoolStatus.OPEN:
        raise Failure("inappropriate-status", f"the pool is {pool.status.name.lower()}")


async def record(run: Run[Close, World], tx: Tx) -> None:
    """It is closed. Unfit where it is not open."""
    params, it, now = run.params, run.operation, run.world.clock.now()
    pause = round(run.world.config.pool_update_seconds * SECOND)
    reopen_at = now + pause if params.reason is CloseReason.FOR_UPDATE else None
    if not await pools.close(tx, params.pool_id, params.reason, now, reopen_at):
        raise Unfit("inappropriate-status", "the pool is not open")
    by, data = Actor(account_id=it.account_id), {"reason": params.reason.value}
    tx.append(NewEvent(at=now, name="pool.closed", operation=it.id, target=it.target, by=by, data=data))


def type_of(kind: PoolKind) -> OperationType[Close, World]:
    """The operation type for that kind."""
    return OperationType(
        name=f"{kind.noun}.close",
        params=Close,
        target=lambda params: f"pool:{params.pool_id}",
        steps=(Step(title="see that it is open", do=see),),
        record=record,
        summary=lambda params: f"close a {kind.noun} ({params.reason.value.lower().replace('_', ' ')})",
    )


CLOSES = {kind: type_of(kind) for kind in PoolKind}
CLOSE, CLOSE_TRAINING = CLOSES[PoolKind.REGULAR], CLOSES[PoolKind.TRAINING]
