"""Say something else of a pool: everything while it is closed, its priority also while it is open."""

from collections.abc import Callable
from typing import Any

from headway.domain.world import World
from headway.model.fields import Unfit
from headway.model.operations import Actor, NewEvent
from headway.model.pools import CHECKED, CheckedPool, Pool, PoolKind, PoolStatus, with_priority
from headway.store import pools
from headway.store.database import Tx


async def change(
    world: World, pool_id: int, given: dict[str, Any], by: Actor, kind: PoolKind = PoolKind.REGULAR
) -> Pool:
    """The pool as it is then. NotFound; WrongFields; Unfit unless it is closed."""
    said = CHECKED[kind](given)
    return await _change(world, pool_id, by, lambda _: said, frozenset({PoolStatus.CLOSED}), kind=kind)


async def set_priority(world: World, pool_id: int, given: dict[str, Any], by: Actor) -> Pool:
    """The pool with another priority. NotFound; WrongFields; Unfit where it is archived."""
    return await _change(
        world,
        pool_id,
        by,
        lambda pool: CheckedPool(with_priority(pool, given), pool.expires_at),
        frozenset({PoolStatus.CLOSED, PoolStatus.OPEN}),
    )


async def _change(
    world: World,
    pool_id: int,
    by: Actor,
    said: Callable[[Pool], CheckedPool],
    fitting: frozenset[PoolStatus],
    *,
    kind: PoolKind = PoolKind.REGULAR,
) -> Pool:
    now = world.clock.now()

    async def body(tx: Tx) -> Pool:
        it = await pools.get(tx, by.account_id, pool_id, kind)
        if it.status not in fitting:
            raise unfit(it, *fitting)
        await pools.change(tx, it.id, said(it), now)
        tx.append(NewEvent(at=now, name="pool.changed", target=f"pool:{it.id}", by=by))
        return await pools.get(tx, by.account_id, pool_id)

    return await world.database.write(body)


def unfit(pool: Pool, *fitting: PoolStatus) -> Unfit:
    """No: the pool is in another status than one of these."""
    names = sorted(status.name for status in fitting)
    return Unfit(
        "inappropriate-status", f"the pool is {pool.status.name.lower()}", appropriate_statuses=names
    )
