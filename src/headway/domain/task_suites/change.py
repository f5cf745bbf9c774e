"""Change a suite that is there: to how many people it is given, and when its turn is."""

from typing import Any

import msgspec

from headway.domain.tasks.change import at_least, not_archived, refuse_fewer, said_so
from headway.domain.world import World
from headway.model.fields import Errors, Reader, refuse_any
from headway.model.operations import Actor
from headway.model.tasks import ORDER_MAX, TaskSuite, changed_overlap
from headway.store import task_suites
from headway.store.database import Tx


async def change(
    world: World, suite_id: int, given: dict[str, Any], by: Actor, *, open_pool: bool = False
) -> TaskSuite:
    """The suite as it is then. NotFound; WrongFields; Unfit where its pool is archived, or more people have it."""

    async def body(tx: Tx) -> TaskSuite:
        it = await task_suites.get(tx, by.account_id, suite_id)
        await not_archived(tx, by, it.pool_id)
        errors: Errors = {}
        order = Reader(given, errors).number("issuing_order_override", -ORDER_MAX, ORDER_MAX)
        overlap = it.overlap
        if {"overlap", "infinite_overlap"} & given.keys():
            overlap = changed_overlap(given, errors)
        refuse_any(errors)
        refuse_fewer(overlap, it.issued)
        return await _keep(world, tx, _with(it, overlap, order), by, open_pool=open_pool)

    return await world.database.write(body)


async def set_overlap(
    world: World, suite_id: int, given: dict[str, Any], by: Actor, *, open_pool: bool = False
) -> TaskSuite:
    """To so many people, or to as many as have it already. NotFound; WrongFields; Unfit."""

    async def body(tx: Tx) -> TaskSuite:
        it = await task_suites.get(tx, by.account_id, suite_id)
        await not_archived(tx, by, it.pool_id)
        return await _keep(world, tx, _with(it, at_least(given, it.issued), None), by, open_pool=open_pool)

    return await world.database.write(body)


def _with(it: TaskSuite, overlap: int | None, order: float | None) -> TaskSuite:
    said = it.said if order is None else {**it.said, "issuing_order_override": order}
    turn = it.turn if order is None else -order
    return msgspec.structs.replace(it, overlap=overlap, turn=turn, body=msgspec.json.encode(said).decode())


async def _keep(world: World, tx: Tx, it: TaskSuite, by: Actor, *, open_pool: bool) -> TaskSuite:
    await task_suites.change(tx, it)
    await said_so(world, tx, it.pool_id, it.id, by, open_pool=open_pool)
    return it
