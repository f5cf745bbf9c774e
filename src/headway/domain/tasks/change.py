"""Change a task that is there: to how many people it is given, and what is known of its answer."""

from typing import Any

import msgspec

from headway.domain.batches.making import open_all
from headway.domain.world import World
from headway.model.fields import Errors, Unfit, refuse_any
from headway.model.operations import Actor, NewEvent
from headway.model.pools import Pool, PoolStatus
from headway.model.tasks import Task, changed_overlap, checked_change, kind_of
from headway.store import pools, tasks
from headway.store.database import Tx


async def change(
    world: World, task_id: int, given: dict[str, Any], by: Actor, *, open_pool: bool = False
) -> Task:
    """The task as it is then. NotFound; WrongFields; Unfit where its pool is archived."""

    async def body(tx: Tx) -> Task:
        it = await tasks.get(tx, by.account_id, task_id)
        pool = await not_archived(tx, by, it.pool_id)
        errors: Errors = {}
        content = it.content | checked_change(given, pool, errors)
        overlap = it.overlap
        if {"overlap", "infinite_overlap"} & given.keys():
            overlap = changed_overlap(given, errors)
        refuse_any(errors)
        return await _keep(world, tx, _with(it, content, overlap), by, open_pool=open_pool)

    return await world.database.write(body)


async def set_overlap(
    world: World, task_id: int, given: dict[str, Any], by: Actor, *, open_pool: bool = False
) -> Task:
    """To so many people, or to as many as have it already. NotFound; WrongFields; Unfit."""

    async def body(tx: Tx) -> Task:
        it = await tasks.get(tx, by.account_id, task_id)
        await not_archived(tx, by, it.pool_id)
        overlap = at_least(given, it.issued)
        changed = msgspec.structs.replace(it, overlap=overlap)
        return await _keep(world, tx, changed, by, open_pool=open_pool)

    return await world.database.write(body)


def at_least(given: dict[str, Any], issued: int) -> int | None:
    """The overlap that is asked for, or as many as have it; WrongFields."""
    errors: Errors = {}
    overlap = changed_overlap(given, errors, least=0)
    refuse_any(errors)
    return None if overlap is None else max(overlap, issued)


async def not_archived(tx: Tx, by: Actor, pool_id: int) -> Pool:
    """The pool; Unfit where it is archived."""
    pool = await pools.get(tx, by.account_id, pool_id)
    if pool.status is PoolStatus.ARCHIVED:
        raise Unfit("pool-inappropriate-status", "the pool is archived")
    return pool


def refuse_fewer(overlap: int | None, issued: int) -> None:
    """Unfit where more people have it already."""
    if overlap is not None and overlap < issued:
        raise Unfit("assignments-count-conflict", f"{issued} people have it already")


def _with(it: Task, content: dict[str, Any], overlap: int | None) -> Task:
    body = msgspec.json.encode({name: value for name, value in content.items() if value is not None}).decode()
    return msgspec.structs.replace(it, overlap=overlap, kind=kind_of(content), body=body)


async def _keep(world: World, tx: Tx, it: Task, by: Actor, *, open_pool: bool) -> Task:
    refuse_fewer(it.overlap, it.issued)
    await tasks.change(tx, it)
    await said_so(world, tx, it.pool_id, it.id, by, open_pool=open_pool)
    return it


async def said_so(world: World, tx: Tx, pool_id: int, id: int, by: Actor, *, open_pool: bool) -> None:
    """Something in the pool is other than it was; where that is wanted, the pool opens."""
    now = world.clock.now()
    await pools.touch(tx, pool_id, now)
    tx.append(NewEvent(at=now, name="task.changed", target=f"pool:{pool_id}", by=by, data={"changed": id}))
    if open_pool:
        await open_all(world, tx, [pool_id], by)
