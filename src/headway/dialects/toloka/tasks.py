"""Tasks: upload, read, search, change."""

from headway.dialects.toloka import asked, project
from headway.dialects.toloka.asked import Query, Wish
from headway.dialects.toloka.uploads import Upload, upload
from headway.domain.batches.making import TASK
from headway.domain.tasks.batch_create import BATCH_CREATE
from headway.domain.tasks.change import change as change_task
from headway.domain.tasks.change import set_overlap as set_overlap_of
from headway.views import tasks
from headway.web.ask import Ask
from headway.web.body import Answer, answer

LIMIT, LIMIT_MAX = 50, 100_000
SORTS = ("id", "created", "overlap")


async def create(ask: Ask) -> Answer:
    """One, or many, at once or in an operation."""

    async def shown(ids: list[int]) -> list[object]:
        found = await tasks.some(ask.world.database, ids)
        return [project.task(found[id]) for id in ids]

    return await upload(ask, Upload(TASK, BATCH_CREATE, shown), Wish(ask))


async def get(ask: Ask) -> Answer:
    """One."""
    it = await tasks.get(ask.world.database, ask.account.id, asked.id_of(ask, "task"))
    return answer(project.task(it))


async def search(ask: Ask) -> Answer:
    """Those of a pool that are searched for."""
    query = Query(ask)
    pool_id = query.id("pool_id")
    if pool_id is None:
        query.wrong("pool_id", "value-required", "Value must be present and not equal to null")
    wanted = query.search(
        times=("created",), numbers=("overlap",), sorts=SORTS, default=LIMIT, most=LIMIT_MAX
    )
    query.done()
    found = await tasks.page(ask.world.database, ask.account.id, pool_id or 0, wanted)
    return answer(project.page([project.task(it) for it in found.items], has_more=found.has_more))


async def change(ask: Ask) -> Answer:
    """To how many people it is given, and what is known of its answer."""
    id, open_pool = asked.id_of(ask, "task"), Query(ask).flag("open_pool")
    it = await change_task(ask.world, id, await asked.object_of(ask), ask.actor, open_pool=open_pool)
    return answer(project.task(it))


async def set_overlap(ask: Ask) -> Answer:
    """To so many people, or to as many as have it."""
    id, open_pool = asked.id_of(ask, "task"), Query(ask).flag("open_pool")
    it = await set_overlap_of(ask.world, id, await asked.object_of(ask), ask.actor, open_pool=open_pool)
    return answer(project.task(it))
