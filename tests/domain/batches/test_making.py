"""Pools that are to be open after an upload: what keeps one closed is told, and keeps no other closed."""

from headway.domain.batches.making import open_all
from headway.domain.pools.archive import archive
from headway.domain.world import World
from headway.model.operations import Actor
from headway.model.pools import PoolStatus
from headway.store import pools
from tests.labelling import a_pool, opened, pool_now, with_suites


async def test_each_is_opened_or_it_is_told_why_not(world: World, by: Actor) -> None:
    ready, empty, held, archived, is_open = [await a_pool(world, by) for _ in range(5)]
    for pool in (ready, held, is_open):
        await with_suites(world, by, pool)
    await archive(world, held.id, by)
    await world.database.write(lambda tx: pools.archive(tx, archived.id, world.clock.now()))
    await opened(world, by, is_open)
    every = [it.id for it in (ready, empty, held, archived, is_open)]
    told = await world.database.write(lambda tx: open_all(world, tx, every, by))
    assert {it["pool_id"]: it.get("code") for it in told} == {
        ready.id: None,
        empty.id: "empty-pool",
        held.id: "pool-locked-by-another-operation",
        archived.id: "inappropriate-status",
    }
    assert (await pool_now(world.database, ready)).status is PoolStatus.OPEN
    assert (await pool_now(world.database, empty)).status is PoolStatus.CLOSED
