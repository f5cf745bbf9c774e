"""Assignments as the owner of a pool sees and judges them."""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query
from headway.domain.assignments.review import review as review_assignment
from headway.errors import Conflict
from headway.model.assignments import AssignmentStatus, Where
from headway.views import assignments
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Param, Says

LIMIT, LIMIT_MAX = 50, 100_000
STATUSES = {it.name: it for it in AssignmentStatus}
TIMES = ("created", "submitted", "accepted", "rejected", "skipped", "expired")


@Says(wire.OBJECT)
async def get(ask: Ask) -> Answer:
    """One."""
    return await _one(ask, asked.id_of(ask, "assignment"))


@Says(
    wire.Page,
    params=(
        params.LIMIT,
        params.SORT,
        params.POOL,
        Param("status", "In which statuses, with commas between."),
        Param("user_id", "Whose."),
        Param("task_id", "With which task."),
        Param("task_suite_id", "Of which suite."),
        *params.between("id", "created", "submitted", "accepted", "rejected", "skipped", "expired"),
    ),
)
async def search(ask: Ask) -> Answer:
    """Those that are searched for."""
    query = Query(ask)
    where = Where(
        pool_id=_or_any(query.id("pool_id")),
        suite_id=_or_any(query.id("task_suite_id")),
        task_id=_or_any(query.id("task_id")),
        user_id=query.text("user_id"),
        statuses=query.several("status", STATUSES),
    )
    wanted = query.search(times=TIMES, sorts=("id", *TIMES), default=LIMIT, most=LIMIT_MAX)
    query.done()
    found = await assignments.page(ask.world.database, ask.account.id, where, wanted)
    return answer(project.page([project.assignment(it) for it in found.items], has_more=found.has_more))


@Says(wire.OBJECT, body=wire.OBJECT, refuses=(Conflict,))
async def review(ask: Ask) -> Answer:
    """Accept or reject it."""
    id = asked.id_of(ask, "assignment")
    await review_assignment(ask.world, id, await asked.object_of(ask), ask.actor)
    return await _one(ask, id)


async def _one(ask: Ask, id: int) -> Answer:
    return answer(project.assignment(await assignments.get(ask.world.database, ask.account.id, id)))


def _or_any(id: int | None) -> int:
    return -1 if id is None else id
