"""Assignments as the owner of their pool sees them, and as those do who work."""

import msgspec

from headway.errors import NotFound
from headway.model.assignments import Assignment, Where
from headway.model.listing import Page, Search, one_more, page_of
from headway.model.specs import Spec, spec_of
from headway.model.tasks import Task
from headway.store import assignments, pools, task_suites
from headway.store.database import Database, Tx
from headway.views import tasks


class Shown(msgspec.Struct, frozen=True):
    """An assignment with the tasks of its suite, in its order."""

    assignment: Assignment
    tasks: list[Task]
    mixed: bool


async def get(database: Database, owner_id: int, id: int) -> Shown:
    """One; NotFound."""

    async def body(tx: Tx) -> Shown:
        return (await _shown(tx, [await assignments.get(tx, owner_id, id)]))[0]

    return await database.read(body)


async def given(database: Database, owner_id: int, id: int, user_id: str = "") -> tuple[Shown, Spec]:
    """One, and the fields of its tasks and answers; NotFound, with `user_id` also where it is not that person's."""

    async def body(tx: Tx) -> tuple[Shown, Spec]:
        it = await assignments.get(tx, owner_id, id)
        if user_id and it.user_id != user_id:
            raise NotFound("assignment")
        pool = await pools.get(tx, owner_id, it.pool_id)
        return (await _shown(tx, [it]))[0], spec_of(pool.spec)

    return await database.read(body)


async def page(database: Database, owner_id: int, where: Where, search: Search) -> Page[Shown]:
    """Those that are searched for."""

    async def body(tx: Tx) -> Page[Shown]:
        found = page_of(await assignments.page(tx, owner_id, where, one_more(search)), search.count)
        return Page(await _shown(tx, found.items), found.has_more)

    return await database.read(body)


async def _shown(tx: Tx, found: list[Assignment]) -> list[Shown]:
    suites = await task_suites.some(tx, {it.suite_id for it in found})
    with_tasks = {it.suite.id: it for it in await tasks.shown(tx, list(suites.values()))}
    return [Shown(it, with_tasks[it.suite_id].tasks, suites[it.suite_id].mixed) for it in found]
