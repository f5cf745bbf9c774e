"""From what was sent to tasks or suites: checked, built, kept; the same whether at once or in an operation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from headway.domain.pools.open import opened, refuse_unready
from headway.domain.world import World
from headway.errors import Busy
from headway.ids import parse
from headway.model.fields import Errors, Unfit
from headway.model.operations import Actor, NewEvent
from headway.model.pools import Pool, PoolStatus
from headway.model.tasks import NewSuite, NewTask, Rules, Task, TaskSuite, checked_suite, checked_task
from headway.store import operations, pools, task_suites, tasks
from headway.store.database import Tx

New = NewTask | NewSuite
Checked = New | Errors


class Noun(msgspec.Struct, frozen=True):
    """What is made: how an object of it is checked, and whether it is a suite."""

    name: str
    """`task` or `task_suite`."""
    check: Callable[[Any, Rules], Checked]


TASK = Noun("task", checked_task)
SUITE = Noun("task_suite", checked_suite)


async def rules_for(tx: Tx, owner_id: int, items: Sequence[Any], *, allow_defaults: bool) -> Rules:
    """By what these are checked: the pools of that owner that they name."""
    named = {it["pool_id"] for it in items if isinstance(it, dict) and isinstance(it.get("pool_id"), str)}
    found: dict[str, Pool] = {}
    for shown in named:
        pool = await pools.find(tx, parse(shown) or 0)
        if pool is not None and pool.owner_id == owner_id:
            found[shown] = pool
    return Rules(found, allow_defaults)


def checked(noun: Noun, items: Sequence[Any], rules: Rules) -> list[Checked]:
    """Each object, ready to be made, or what is wrong with it."""
    return [noun.check(it, rules) for it in items]


async def refuse_archived(tx: Tx, pool_ids: Iterable[int]) -> None:
    """Unfit where one of the pools takes nothing any more."""
    for id in sorted(set(pool_ids)):
        pool = await pools.find(tx, id)
        if pool is None or pool.status is PoolStatus.ARCHIVED:
            raise Unfit("pool-inappropriate-status", "a pool was archived meanwhile")


async def make(world: World, tx: Tx, new: Sequence[New], *, batch: int, live: bool) -> list[int]:
    """Make them, in their order; their ids, which rise."""
    made_tasks: list[Task] = []
    made_suites: list[TaskSuite] = []
    for it in new:
        if isinstance(it, NewTask):
            made_tasks.append(_task(world, it, None, batch))
        else:
            suite, within = _suite(world, it, batch)
            made_suites.append(suite)
            made_tasks += within
    if made_tasks:
        await tasks.insert(tx, made_tasks, live=live)
    if made_suites:
        await task_suites.insert(tx, made_suites, live=live)
    return [it.id for it in (made_suites or made_tasks)]


def _task(world: World, it: NewTask, suite_id: int | None, batch: int) -> Task:
    return Task(
        id=world.ids.next(),
        pool_id=it.pool_id,
        suite_id=suite_id,
        kind=it.kind,
        overlap=it.overlap,
        issued=0,
        body=it.body,
        created_at=world.clock.now(),
        batch=batch,
    )


def _suite(world: World, it: NewSuite, batch: int) -> tuple[TaskSuite, list[Task]]:
    id = world.ids.next()
    within = [_task(world, task, id, batch) for task in it.tasks]
    suite = TaskSuite(
        id=id,
        pool_id=it.pool_id,
        task_ids=tuple(task.id for task in within),
        overlap=it.overlap,
        issued=0,
        mixed=False,
        turn=it.turn,
        body=it.body,
        created_at=world.clock.now(),
        batch=batch,
    )
    return suite, within


async def uploaded(
    world: World, tx: Tx, noun: Noun, counts: Mapping[int, int], *, by: Actor, operation: int | None = None
) -> None:
    """Say how many were made in which pool; a pool with news is not complete."""
    now = world.clock.now()
    for pool_id, count in sorted(counts.items()):
        await pools.touch(tx, pool_id, now)
        tx.append(
            NewEvent(
                at=now,
                name="pool.filled",
                operation=operation,
                target=f"pool:{pool_id}",
                by=by,
                data={"count": count, "of": noun.name},
            )
        )


async def open_all(
    world: World, tx: Tx, pool_ids: Iterable[int], by: Actor, operation: int | None = None
) -> list[dict[str, Any]]:
    """Open each of them that is closed; what came of it, for each. None keeps the others from it."""
    told: list[dict[str, Any]] = []
    for id in sorted(set(pool_ids)):
        pool = await pools.find(tx, id)
        if pool is not None and pool.status is not PoolStatus.OPEN:
            told.append({"pool_id": id, **await _open(world, tx, pool, by, operation)})
    return told


async def _open(world: World, tx: Tx, pool: Pool, by: Actor, operation: int | None) -> dict[str, Any]:
    try:
        target = f"pool:{pool.id}"
        if (holder := await operations.holder(tx, target)) is not None:
            raise Busy(target, holder.id, holder.type)
        await refuse_unready(tx, pool)
        await opened(world, tx, pool.id, by, operation)
    except Unfit as refusal:
        return {"code": refusal.code, "message": str(refusal)}
    except Busy as refusal:
        return {"code": "pool-locked-by-another-operation", "message": str(refusal)}
    return {}
