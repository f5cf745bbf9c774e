"""Aggregated solutions: begin to find them, read them."""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query
from headway.domain.known_solutions.generate import generate as generate_known
from headway.domain.solutions.aggregate import aggregate as aggregate_pool
from headway.domain.solutions.of_task import of_task
from headway.errors import Busy, Conflict
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


@Says(wire.OBJECT, body=wire.OBJECT, refuses=(Conflict,))
async def aggregate_task(ask: Ask) -> Answer:
    """What the answers to one task come to."""
    return answer(project.solution(await of_task(ask.world, await asked.object_of(ask), ask.actor)))


@Says(wire.Operation, 202, body=wire.OBJECT, params=(params.OPERATION_ID,), refuses=(Conflict, Busy))
async def generate(ask: Ask) -> Answer:
    """Begin to make control tasks of the answers of a pool. The vendor has no public way for this; this one is ours."""
    query, id = Query(ask), asked.id_of(ask, "pool")
    shown = asked.uuid_of(query)
    query.done()
    given = await asked.object_or_nothing(ask)
    return answer(project.operation(await generate_known(ask.world, id, given, ask.actor, shown=shown)), 202)


@Says(wire.Page, refuses=(Conflict,), params=(params.LIMIT, params.SORT, *params.between("task_id")))
async def search(ask: Ask) -> Answer:
    """What an operation has found."""
    query = Query(ask)
    order = tuple(("id", down) for _, down in query.order("task_id"))
    wanted = Search(ids=query.ids("task_id"), order=order, count=query.limit(LIMIT, LIMIT_MAX))
    query.done()
    found = await solutions.page(ask.world.database, ask.account.id, ask.params["id"], wanted)
    return answer(project.page([project.solution(it) for it in found.items], has_more=found.has_more))
