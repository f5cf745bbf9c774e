"""Aggregated solutions: begin to find them, read them."""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query
from headway.domain.solutions.aggregate import aggregate as aggregate_pool
from headway.errors import Conflict
from headway.model.listing import Search
from headway.views import solutions
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Says

LIMIT, LIMIT_MAX = 50, 100_000


@Says(wire.Operation, 201, body=wire.OBJECT, refuses=(Conflict,))
async def aggregate(ask: Ask) -> Answer:
    """Begin to aggregate the answers of a pool."""
    known = await aggregate_pool(ask.world, await asked.object_of(ask), ask.actor)
    return answer(project.operation(known), 201)


@Says(wire.Page, refuses=(Conflict,), params=(params.LIMIT, params.SORT, *params.between("task_id")))
async def search(ask: Ask) -> Answer:
    """What an operation has found."""
    query = Query(ask)
    order = tuple(("id", down) for _, down in query.order("task_id"))
    wanted = Search(ids=query.ids("task_id"), order=order, count=query.limit(LIMIT, LIMIT_MAX))
    query.done()
    found = await solutions.page(ask.world.database, ask.account.id, ask.params["id"], wanted)
    return answer(project.page([project.solution(it) for it in found.items], has_more=found.has_more))
