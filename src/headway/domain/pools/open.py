"""Open a pool: its tasks are given out from then on."""

import msgspec

from headway.domain.pools.begin import begin, same_in_flight
from headway.domain.pools.change import unfit
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.errors import Failure
from headway.model.fields import Unfit
from headway.model.operations import Actor, NewEvent
from headway.model.pool_operations import PoolOperation
from headway.model.pools import Pool, PoolKind, PoolStatus
from headway.store import pools, task_suites, tasks
from headway.store.database import Tx

EMPTY = ("empty-pool", "there are no tasks in the pool")


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """Which pool, of whom."""

    pool_id: int
    owner_id: int


async def open(
    world: World, pool_id: int, by: Actor, kind: PoolKind = PoolKind.REGULAR
) -> PoolOperation | None:
    """Begin to open it; None where it is open. NotFound; Unfit where it is archived or empty; Busy."""
    params = Open(pool_id=pool_id, owner_id=by.account_id)

    async def body(tx: Tx) -> PoolOperation | None:
        pool = await pools.get(tx, by.account_id, pool_id, kind)
        if (same := await same_in_flight(tx, OPENS[kind], params)) is not None:
            return same
        if pool.status is PoolStatus.OPEN:
            return None
        await refuse_unready(tx, pool)
        return await begin(world, tx, OPENS[kind], params, by=by)

    return await world.database.write(body)


async def refuse_unready(tx: Tx, pool: Pool) -> None:
    """Unfit unless it is closed and has tasks."""
    if pool.status is not PoolStatus.CLOSED:
        raise unfit(pool, PoolStatus.CLOSED)
    if not (await tasks.there(tx, pool.id) or await task_suites.there(tx, pool.id)):
        raise Unfit(*EMPTY)


async def see(run: Run[Open, World]) -> None:
    """It can be opened."""

    async def body(tx: Tx) -> None:
        await refuse_unready(tx, await pools.get(tx, run.params.owner_id, run.params.pool_id))

    try:
        await run.world.database.read(body)
    except Unfit as refusal:
        raise Failure(refusal.code, str(refusal)) from refusal


async def record(run: Run[Open, World], tx: Tx) -> None:
    """It is open."""
    it = run.operation
    await opened(run.world, tx, run.params.pool_id, Actor(account_id=it.account_id), it.id)


async def opened(world: World, tx: Tx, pool_id: int, by: Actor, operation: int | None) -> None:
    """It is open from now on. Unfit where it is not closed."""
    now = world.clock.now()
    if not await pools.open(tx, pool_id, now):
        raise Unfit("inappropriate-status", "the pool is not closed")
    tx.append(NewEvent(at=now, name="pool.opened", operation=operation, target=f"pool:{pool_id}", by=by))


def type_of(kind: PoolKind) -> OperationType[Open, World]:
    """The operation type for that kind."""
    return OperationType(
        name=f"{kind.noun}.open",
        params=Open,
        target=lambda params: f"pool:{params.pool_id}",
        steps=(Step(title="see that it can be opened", do=see),),
        record=record,
        summary=lambda _: f"open a {kind.noun}",
    )


OPENS = {kind: type_of(kind) for kind in PoolKind}
OPEN, OPEN_TRAINING = OPENS[PoolKind.REGULAR], OPENS[PoolKind.TRAINING]
