"""Aggregated solutions as the owner of their pool sees them."""

from headway.errors import Conflict, NotFound
from headway.model.listing import Page, Search, one_more, page_of
from headway.model.solutions import Solution
from headway.store import pool_operations, solutions
from headway.store.database import Database, Tx

TYPE = "solution.aggregate"


async def page(database: Database, account_id: int, shown: str, search: Search) -> Page[Solution]:
    """What an operation has found, as it is searched for. NotFound; Conflict while it has not ended."""

    async def body(tx: Tx) -> list[Solution]:
        known = await pool_operations.get(tx, account_id, shown)
        if known is None or known.operation.type != TYPE:
            raise NotFound("operation", shown)
        if not known.operation.phase.terminal:
            raise Conflict("the aggregation has not ended")
        return await solutions.page(tx, known.operation.id, one_more(search))

    return page_of(await database.read(body), search.count)
