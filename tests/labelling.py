"""Labelling projects, pools and suites for tests: bodies as they are sent, and the same made in a world."""

from typing import Any

from headway.domain.batches.create import create as create_now
from headway.domain.batches.making import SUITE, TASK
from headway.domain.labelling_projects.create import create as create_project
from headway.domain.pools.create import create as create_pool
from headway.domain.world import World
from headway.ids import show
from headway.model.batches import Options
from headway.model.operations import Actor
from headway.model.pools import Pool
from headway.store import pools
from headway.store.database import Database

MIXER = {"real_tasks_count": 2, "golden_tasks_count": 1, "training_tasks_count": 0}


def project_body(**changes: Any) -> dict[str, Any]:
    """A project that asks which animal is on an image."""
    return {
        "public_name": "Animals",
        "public_description": "Which animal is it?",
        "task_spec": {
            "input_spec": {
                "image": {"type": "url", "required": True},
                "secret": {"type": "string", "required": False, "hidden": True},
            },
            "output_spec": {"result": {"type": "string", "required": True, "allowed_values": ["cat", "dog"]}},
            "view_spec": {"type": "classic", "markup": "<p/>"},
        },
        "assignments_issuing_type": "AUTOMATED",
    } | changes


def pool_body(project_id: int, **changes: Any) -> dict[str, Any]:
    """A pool of that project."""
    return {
        "project_id": show(project_id),
        "private_name": "first",
        "will_expire": "2100-01-01T00:00:00",
        "reward_per_assignment": 0.01,
        "assignment_max_duration_seconds": 600,
        "defaults": {"default_overlap_for_new_task_suites": 1},
    } | changes


def task_body(pool: Pool, n: int = 0, **changes: Any) -> dict[str, Any]:
    """A task of a pool that mixes."""
    return {
        "pool_id": show(pool.id),
        "input_values": {"image": f"https://example.com/{n}.jpg"},
        "overlap": 1,
    } | changes


def suite_body(pool: Pool, n: int = 0, size: int = 1, **changes: Any) -> dict[str, Any]:
    """A suite with some tasks."""
    within = [{"input_values": {"image": f"https://example.com/{n}-{m}.jpg"}} for m in range(size)]
    return {"pool_id": show(pool.id), "tasks": within, "overlap": 1} | changes


def answers(count: int = 1, result: str = "cat") -> list[dict[str, Any]]:
    """As many answers."""
    return [{"output_values": {"result": result}} for _ in range(count)]


async def a_pool(world: World, by: Actor, **changes: Any) -> Pool:
    """A pool of a project of its own."""
    project = await create_project(world, project_body(), by)
    return await create_pool(world, pool_body(project.id, **changes), by)


async def with_suites(world: World, by: Actor, pool: Pool, count: int = 1, **changes: Any) -> list[int]:
    """Suites in the pool; their ids."""
    items = [suite_body(pool, n, **changes) for n in range(count)]
    return list((await create_now(world, SUITE, items, Options(), by)).ids.values())


async def with_tasks(world: World, by: Actor, pool: Pool, count: int = 1, **changes: Any) -> list[int]:
    """Tasks in the pool; their ids."""
    items = [task_body(pool, n, **changes) for n in range(count)]
    return list((await create_now(world, TASK, items, Options(), by)).ids.values())


async def opened(world: World, by: Actor, pool: Pool) -> Pool:
    """The pool, open, without an operation."""
    now = world.clock.now()
    await world.database.write(lambda tx: pools.open(tx, pool.id, now))
    return await pool_now(world.database, pool)


async def pool_now(database: Database, pool: Pool) -> Pool:
    """The pool as it is now."""
    return await database.read(lambda tx: pools.get(tx, pool.owner_id, pool.id))
