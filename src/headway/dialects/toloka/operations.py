"""Operations: one, its log, the search."""

from headway.dialects.toloka import params, project, wire
from headway.dialects.toloka.asked import Query
from headway.model.operations import Phase
from headway.model.pool_operations import PoolOperation
from headway.views import pool_operations
from headway.web.ask import Ask
from headway.web.body import Answer, answer, told
from headway.web.says import Param, Says

LIMIT, LIMIT_MAX = 50, 500
TYPES = {
    name: name.lower()
    for name in (
        "ANALYTICS",
        "KNOWN_SOLUTIONS.GENERATE",
        "POOL.ARCHIVE",
        "POOL.CLONE",
        "POOL.CLOSE",
        "POOL.OPEN",
        "PROJECT.ARCHIVE",
        "SOLUTION.AGGREGATE",
        "TASK.BATCH_CREATE",
        "TASK_SUITE.BATCH_CREATE",
        "TRAINING.ARCHIVE",
        "TRAINING.CLONE",
        "TRAINING.CLOSE",
        "TRAINING.OPEN",
        "USER_BONUS.BATCH_CREATE",
        "PSEUDO.PSEUDO",
    )
}
"""Every type that the vendor has, whether there is one of it here or not."""


@Says(wire.Operation)
async def get(ask: Ask) -> Answer:
    """One; this is what clients poll."""
    known = await _known(ask)
    return told(project.operation(known), known.operation)


@Says(wire.OPERATIONS_LOG)
async def log(ask: Ask) -> Answer:
    """Everything that came of it; nothing while it has not ended."""
    known = await _known(ask)
    if known.operation.type == project.GENERATE and known.operation.phase is Phase.SUCCEEDED:
        made = await pool_operations.made(ask.world.database, known)
        return answer(project.generated(made))
    items = (
        await pool_operations.items(ask.world.database, known)
        if known.operation.type in project.BATCHES
        else []
    )
    return answer(project.log(known, items, ask.request_id))


@Says(
    wire.Operations,
    params=(
        params.LIMIT,
        params.SORT,
        Param("type", "Of which type."),
        Param("status", "In which status."),
        *params.between("id", "submitted", "finished"),
    ),
)
async def search(ask: Ask) -> Answer:
    """Those that are searched for."""
    query = Query(ask)
    type = query.among("type", TYPES)
    phases = query.among("status", project.PHASES) or (Phase.ACCEPTED, Phase.CANCELLED)
    sorts = ("id", "submitted", "finished")
    wanted = query.search(times=("submitted", "finished"), sorts=sorts, default=LIMIT, most=LIMIT_MAX)
    texts = query.texts()
    query.done()
    found = await pool_operations.page(
        ask.world.database, ask.account.id, wanted, texts, phases=phases, type=type or ""
    )
    return answer(project.page([project.operation(it) for it in found.items], has_more=found.has_more))


async def _known(ask: Ask) -> PoolOperation:
    return await pool_operations.get(ask.world.database, ask.account.id, ask.params["id"])
