"""Task suites: upload, read, search, change."""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query, Wish
from headway.dialects.toloka.tasks import LIMIT, LIMIT_MAX, SORTS
from headway.dialects.toloka.uploads import Upload, upload
from headway.domain.batches.making import SUITE
from headway.domain.task_suites.batch_create import BATCH_CREATE
from headway.domain.task_suites.change import change as change_suite
from headway.domain.task_suites.change import set_overlap as set_overlap_of
from headway.errors import Conflict, NotFound
from headway.views import tasks
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Param, Says


@Says(wire.OBJECT, 201, body=wire.OBJECTS, params=params.UPLOAD, refuses=(Conflict,))
async def create(ask: Ask) -> Answer:
    """One, or many, at once or in an operation."""

    async def shown(ids: list[int]) -> list[object]:
        found = await tasks.some_suites(ask.world.database, ids)
        return [project.suite(found[id]) for id in ids]

    return await upload(ask, Upload(SUITE, BATCH_CREATE, shown), Wish(ask))


@Says(wire.OBJECT)
async def get(ask: Ask) -> Answer:
    """One."""
    return await _one(ask, asked.id_of(ask, "task-suite"))


@Says(
    wire.Page,
    refuses=(NotFound,),
    params=(
        params.LIMIT,
        params.SORT,
        params.POOL,
        Param("task_id", "With which task."),
        *params.between("id", "created", "overlap"),
    ),
)
async def search(ask: Ask) -> Answer:
    """Those of a pool that are searched for, or those that a task is in."""
    query = Query(ask)
    pool_id, task_id = query.id("pool_id"), query.id("task_id")
    if pool_id is None and task_id is None:
        query.wrong("pool_id", "value-required", "Say pool_id or task_id")
    wanted = query.search(
        times=("created",), numbers=("overlap",), sorts=SORTS, default=LIMIT, most=LIMIT_MAX
    )
    query.done()
    database, me = ask.world.database, ask.account.id
    if task_id is not None:
        suites = await tasks.suites_with(database, me, task_id, wanted.ids)
        within = [project.suite(it) for it in suites if pool_id in {None, it.suite.pool_id}]
        return answer(project.page(within[: wanted.count], has_more=len(within) > wanted.count))
    found = await tasks.page_of_suites(database, me, pool_id or 0, wanted)
    return answer(project.page([project.suite(it) for it in found.items], has_more=found.has_more))


@Says(wire.OBJECT, body=wire.OBJECT, params=params.OPEN_POOL, refuses=(Conflict,))
async def change(ask: Ask) -> Answer:
    """To how many people it is given, and when its turn is."""
    id, open_pool = asked.id_of(ask, "task-suite"), Query(ask).flag("open_pool")
    await change_suite(ask.world, id, await asked.object_of(ask), ask.actor, open_pool=open_pool)
    return await _one(ask, id)


@Says(wire.OBJECT, body=wire.OBJECT, params=params.OPEN_POOL, refuses=(Conflict,))
async def set_overlap(ask: Ask) -> Answer:
    """To so many people, or to as many as have it."""
    id, open_pool = asked.id_of(ask, "task-suite"), Query(ask).flag("open_pool")
    await set_overlap_of(ask.world, id, await asked.object_of(ask), ask.actor, open_pool=open_pool)
    return await _one(ask, id)


async def _one(ask: Ask, id: int) -> Answer:
    return answer(project.suite(await tasks.get_suite(ask.world.database, ask.account.id, id)))
