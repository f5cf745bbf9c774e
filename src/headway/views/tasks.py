"""Tasks and task suites as the owner of their pool sees them."""

from collections.abc import Iterable

import msgspec

from headway.model.listing import Bounds, Page, Search, one_more, page_of
from headway.model.tasks import Task, TaskSuite
from headway.store import pools, task_suites, tasks
from headway.store.database import Database, Tx


class ShownSuite(msgspec.Struct, frozen=True):
    """A suite with its tasks, in its order."""

    suite: TaskSuite
    tasks: list[Task]


async def get(database: Database, owner_id: int, id: int) -> Task:
    """One task; NotFound."""
    return await database.read(lambda tx: tasks.get(tx, owner_id, id))


async def some(database: Database, ids: Iterable[int]) -> dict[int, Task]:
    """Tasks that were just made, by id."""
    return await database.read(lambda tx: tasks.some(tx, ids))


async def page(database: Database, owner_id: int, pool_id: int, search: Search) -> Page[Task]:
    """Those of a pool that are searched for. NotFound."""

    async def body(tx: Tx) -> list[Task]:
        await pools.get(tx, owner_id, pool_id)
        return await tasks.page(tx, pool_id, one_more(search))

    return page_of(await database.read(body), search.count)


async def get_suite(database: Database, owner_id: int, id: int) -> ShownSuite:
    """One suite; NotFound."""

    async def body(tx: Tx) -> ShownSuite:
        return (await shown(tx, [await task_suites.get(tx, owner_id, id)]))[0]

    return await database.read(body)


async def some_suites(database: Database, ids: Iterable[int]) -> dict[int, ShownSuite]:
    """Suites that were just made, by id."""

    async def body(tx: Tx) -> list[ShownSuite]:
        return await shown(tx, list((await task_suites.some(tx, ids)).values()))

    return {it.suite.id: it for it in await database.read(body)}


async def page_of_suites(database: Database, owner_id: int, pool_id: int, search: Search) -> Page[ShownSuite]:
    """Suites of a pool that are searched for. NotFound."""

    async def body(tx: Tx) -> Page[ShownSuite]:
        await pools.get(tx, owner_id, pool_id)
        page = page_of(await task_suites.page(tx, pool_id, one_more(search)), search.count)
        return Page(await shown(tx, page.items), page.has_more)

    return await database.read(body)


async def suites_with(database: Database, owner_id: int, task_id: int, ids: Bounds) -> list[ShownSuite]:
    """Suites that a task is in, by id. NotFound."""

    async def body(tx: Tx) -> list[ShownSuite]:
        await tasks.get(tx, owner_id, task_id)
        found = [id for id in await task_suites.with_task(tx, task_id) if ids.least <= id <= ids.most]
        return await shown(tx, list((await task_suites.some(tx, found)).values()))

    return await database.read(body)


async def shown(tx: Tx, suites: list[TaskSuite]) -> list[ShownSuite]:
    """Suites, each with its tasks."""
    within = await tasks.some(tx, [id for it in suites for id in it.task_ids])
    return [ShownSuite(it, [within[id] for id in it.task_ids]) for it in suites]
