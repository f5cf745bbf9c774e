"""One ready example of each operation type of the pools service: how it is asked for, and what must be so at its end."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from headway.domain.assignments.issue import issue
from headway.domain.assignments.submit import submit as submit_answers
from headway.domain.batches.create import create as create_now
from headway.domain.batches.making import SUITE, TASK, Noun
from headway.domain.batches.operation import submit
from headway.domain.known_solutions.generate import generate
from headway.domain.labelling_projects.archive import archive as archive_project
from headway.domain.labelling_projects.create import create as create_project
from headway.domain.pools.archive import archive
from headway.domain.pools.clone import clone
from headway.domain.pools.close import close
from headway.domain.pools.create import create
from headway.domain.pools.open import open
from headway.domain.solutions.aggregate import aggregate
from headway.domain.task_suites.batch_create import BATCH_CREATE as CREATE_SUITES
from headway.domain.tasks.batch_create import BATCH_CREATE as CREATE_TASKS
from headway.domain.world import World
from headway.ids import show
from headway.model.batches import Options
from headway.model.labelling_projects import ProjectStatus
from headway.model.listing import Search
from headway.model.operations import Actor
from headway.model.pool_operations import PoolOperation
from headway.model.pools import CloseReason, Pool, PoolKind, PoolStatus
from headway.model.tasks import Kind
from headway.store import labelling_projects, operations, pools, solutions, task_suites, tasks
from headway.store.database import Tx

PROJECT: dict[str, Any] = {
    "public_name": "Animals",
    "public_description": "Which animal is it?",
    "task_spec": {
        "input_spec": {"image": {"type": "url"}},
        "output_spec": {"result": {"type": "string", "allowed_values": ["cat", "dog"]}},
    },
    "assignments_issuing_type": "AUTOMATED",
}
POOL: dict[str, Any] = {
    "private_name": "first",
    "will_expire": "2100-01-01",
    "reward_per_assignment": 0.01,
    "assignment_max_duration_seconds": 600,
    "defaults": {"default_overlap_for_new_task_suites": 1},
}
TRAINING: dict[str, Any] = {
    "private_name": "how it is done",
    "assignment_max_duration_seconds": 600,
    "training_tasks_in_task_suite_count": 2,
}
MIXER = {"real_tasks_count": 2, "golden_tasks_count": 0, "training_tasks_count": 0}
OBJECTS, CHUNK = 3, 2
"""Two chunks; the second is not full."""


class PoolExample(msgspec.Struct, frozen=True, kw_only=True):
    """How an operation of one type is asked for, on a closed pool that has one suite."""

    submit: Callable[[World, Pool, Actor], Awaitable[PoolOperation | None]]
    done: Callable[[Tx, Pool], Awaitable[bool]]
    """Whether it is as it must be when it has succeeded; and not so when it has not."""
    status: PoolStatus = PoolStatus.CLOSED
    """Of the pool before."""
    mixes: bool = False
    kind: PoolKind = PoolKind.REGULAR
    before: Callable[[World, Pool, Actor], Awaitable[None]] | None = None
    """What is brought about before it is asked for, where that needs more than the pool."""


async def example_pool(world: World, by: Actor, example: PoolExample) -> Pool:
    """The pool that an example is about."""
    project = await create_project(world, PROJECT, by)
    given = TRAINING if example.kind is PoolKind.TRAINING else POOL
    given = {**given, "project_id": show(project.id)} | ({"mixer_config": MIXER} if example.mixes else {})
    pool = await create(world, given, by, example.kind)
    noun = SUITE if pool.terms.mixer_config is None else TASK
    await create_now(world, noun, [_suite(pool) if noun is SUITE else _task(pool)], Options(), by)
    await world.database.write(lambda tx: _bring_to(tx, pool, example.status, world.clock.now()))
    if example.before is not None:
        await example.before(world, pool, by)
    return pool


async def _bring_to(tx: Tx, pool: Pool, status: PoolStatus, now: int) -> None:
    if status is PoolStatus.OPEN:
        await pools.open(tx, pool.id, now)
    if status is PoolStatus.ARCHIVED:
        await pools.archive(tx, pool.id, now)


def _task(pool: Pool) -> dict[str, Any]:
    given = {"pool_id": show(pool.id), "overlap": 1, "input_values": {"image": "https://example.com"}}
    if pool.kind is PoolKind.TRAINING:
        known = [{"output_values": {"result": "cat"}}]
        given |= {"known_solutions": known, "message_on_unknown_solution": "Look at its ears"}
    return given


def _suite(pool: Pool) -> dict[str, Any]:
    tasks = [{"input_values": {"image": "https://example.com"}}]
    return {"pool_id": show(pool.id), "overlap": 2, "tasks": tasks}


async def _batch(world: World, pool: Pool, by: Actor, *, noun: Noun) -> PoolOperation:
    one, type = (_task(pool), CREATE_TASKS) if noun is TASK else (_suite(pool), CREATE_SUITES)
    return await submit(world, type, [one] * OBJECTS, Options(), by, chunk_size=CHUNK)


async def _has(tx: Tx, pool: Pool, status: PoolStatus) -> bool:
    return (await pools.get(tx, pool.owner_id, pool.id)).status is status


async def _is_cloned(tx: Tx, pool: Pool) -> bool:
    there = await pools.page(tx, pool.owner_id, Search(), project_id=pool.project_id, kind=pool.kind)
    return [it.body for it in there] == [pool.body, pool.body]


async def _is_archived_project(tx: Tx, pool: Pool) -> bool:
    project = await labelling_projects.get(tx, pool.owner_id, pool.project_id)
    return project.status is ProjectStatus.ARCHIVED


async def _all_tasks(tx: Tx, pool: Pool) -> bool:
    return _all_or_one(await tasks.page(tx, pool.id, Search(count=10 * OBJECTS)))


async def _all_suites(tx: Tx, pool: Pool) -> bool:
    return _all_or_one(await task_suites.page(tx, pool.id, Search(count=10 * OBJECTS)))


def _all_or_one(found: list[Any]) -> bool:
    assert len(found) in {1, OBJECTS + 1}, f"half a batch is there: {len(found)}"
    return len(found) == OBJECTS + 1


async def _aggregate(world: World, pool: Pool, by: Actor) -> PoolOperation:
    given = {"type": "DAWID_SKENE", "pool_id": show(pool.id), "fields": [{"name": "result"}]}
    return await aggregate(world, given, by)


async def _answer_all(world: World, pool: Pool, by: Actor) -> None:
    """Two people have answered."""
    for user_id in ("ann", "bob"):
        await _answer(world, pool, by, user_id)


async def _answer(world: World, pool: Pool, by: Actor, user_id: str) -> None:
    it = await issue(world, pool.id, user_id, by)
    assert it is not None
    await submit_answers(world, it.id, [{"output_values": {"result": "cat"}}], by)


async def _answer_and_close(world: World, pool: Pool, by: Actor) -> None:
    """Somebody has answered, and nobody is asked any more."""
    now = world.clock.now()
    await world.database.write(lambda tx: pools.open(tx, pool.id, now))
    await _answer(world, pool, by, "ann")
    await world.database.write(lambda tx: pools.close(tx, pool.id, CloseReason.MANUAL, now))


async def _generate(world: World, pool: Pool, by: Actor) -> PoolOperation:
    return await generate(world, pool.id, {"min_answers": 1}, by)


async def _is_known(tx: Tx, pool: Pool) -> bool:
    found = await tasks.page(tx, pool.id, Search())
    made = [it.content["known_solutions"] for it in found if it.kind is Kind.CONTROL]
    assert len(found) == 1 + len(made) <= 2
    return made == [[{"output_values": {"result": "cat"}, "correctness_weight": 1}]]


async def _is_aggregated(tx: Tx, pool: Pool) -> bool:
    found = [
        it
        for operation in await operations.newest(tx, target=f"pool:{pool.id}")
        for it in await solutions.page(tx, operation.id, Search())
    ]
    assert len(found) <= 1
    return [it.output for it in found] == ['{"result":"cat"}']


POOL_EXAMPLES: dict[str, PoolExample] = {
    "pool.open": PoolExample(
        submit=lambda world, pool, by: open(world, pool.id, by),
        done=lambda tx, pool: _has(tx, pool, PoolStatus.OPEN),
    ),
    "pool.close": PoolExample(
        submit=lambda world, pool, by: close(world, pool.id, by),
        done=lambda tx, pool: _has(tx, pool, PoolStatus.CLOSED),
        status=PoolStatus.OPEN,
    ),
    "pool.archive": PoolExample(
        submit=lambda world, pool, by: archive(world, pool.id, by),
        done=lambda tx, pool: _has(tx, pool, PoolStatus.ARCHIVED),
    ),
    "pool.clone": PoolExample(submit=lambda world, pool, by: clone(world, pool.id, by), done=_is_cloned),
    "project.archive": PoolExample(
        submit=lambda world, pool, by: archive_project(world, pool.project_id, by),
        done=_is_archived_project,
        status=PoolStatus.ARCHIVED,
    ),
    "task.batch_create": PoolExample(
        submit=lambda world, pool, by: _batch(world, pool, by, noun=TASK), done=_all_tasks, mixes=True
    ),
    "task_suite.batch_create": PoolExample(
        submit=lambda world, pool, by: _batch(world, pool, by, noun=SUITE), done=_all_suites
    ),
    "solution.aggregate": PoolExample(
        submit=_aggregate, done=_is_aggregated, before=_answer_all, status=PoolStatus.OPEN
    ),
    "known_solutions.generate": PoolExample(
        submit=_generate, done=_is_known, before=_answer_and_close, mixes=True
    ),
    "training.open": PoolExample(
        submit=lambda world, pool, by: open(world, pool.id, by, pool.kind),
        done=lambda tx, pool: _has(tx, pool, PoolStatus.OPEN),
        kind=PoolKind.TRAINING,
    ),
    "training.close": PoolExample(
        submit=lambda world, pool, by: close(world, pool.id, by, kind=pool.kind),
        done=lambda tx, pool: _has(tx, pool, PoolStatus.CLOSED),
        status=PoolStatus.OPEN,
        kind=PoolKind.TRAINING,
    ),
    "training.archive": PoolExample(
        submit=lambda world, pool, by: archive(world, pool.id, by, pool.kind),
        done=lambda tx, pool: _has(tx, pool, PoolStatus.ARCHIVED),
        kind=PoolKind.TRAINING,
    ),
    "training.clone": PoolExample(
        submit=lambda world, pool, by: clone(world, pool.id, by, pool.kind),
        done=_is_cloned,
        kind=PoolKind.TRAINING,
    ),
}
