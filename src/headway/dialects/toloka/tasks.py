"""Tasks: upload, read, search, change."""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query, Wish
from headway.dialects.toloka.uploads import Upload, upload
from headway.domain.batches.making import TASK
from headway.domain.tasks.batch_create import BATCH_CREATE
from headway.domain.tasks.change import change as change_task
from headway.domain.tasks.change import set_overlap as set_overlap_of
from headway.errors import Conflict, NotFound
from headway.views import tasks
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Says

LIMIT, LIMIT_MAX = 50, 100_000
SORTS = ("id", "created", "overlap")


@Says(wire.OBJECT, 201, body=wire.OBJECTS, params=params.UPLOAD, refuses=(Conflict,))
async def create(ask: Ask) -> Answer:
    """One, or many, at once or in an operation."""

    async def shown(ids: list[int]) -> list[object]:
        found = await tasks.some(ask.world.database, ids)
        return [project.task(found[id]) for id in ids]

    return await upload(ask, Upload(TASK, BATCH_CREATE, shown), Wish(ask))


@Says(wire.OBJECT)
async def get(ask: Ask) -> Answer:
    """One."""
    it = await tasks.get(ask.world.database, ask.account.id, asked.id_of(ask, "task"))
    return answer(project.task(it))


@Says(
    wire.Page,
    refuses=(NotFound,),
    params=(params.LIMIT, params.SORT, params.POOL, *params.between("id", "created", "overlap")),
)
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


@Says(wire.OBJECT, body=wire.OBJECT, params=params.OPEN_POOL, refuses=(Conflict,))
async def change(ask: Ask) -> Answer:
    """To how many people it is given, and what is known of its answer."""
    id, open_pool = asked.id_of(ask, "task"), Query(ask).flag("open_pool")
    it = await change_task(ask.world, id, await asked.object_of(ask), ask.actor, open_pool=open_pool)
    return answer(project.task(it))


@Says(wire.OBJECT, body=wire.OBJECT, params=params.OPEN_POOL, refuses=(Conflict,))
async def set_overlap(ask: Ask) -> Answer:
    """To so many people, or to as many as have it."""
    id, open_pool = asked.id_of(ask, "task"), Query(ask).flag("open_pool")
    it = await set_overlap_of(ask.world, id, await asked.object_of(ask), ask.actor, open_pool=open_pool)
    return answer(project.task(it))
