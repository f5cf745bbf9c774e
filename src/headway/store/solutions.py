"""Aggregated solutions as rows, and where an aggregation stands."""

from collections.abc import Iterable

import msgspec

from headway.model.aggregation import Estimate
from headway.model.listing import Search
from headway.model.solutions import Solution
from headway.store.database import Tx
from headway.store.listing import ordered
from headway.store.sheets import sheet

SQL = sheet("solutions")
SORTED = (("id", "task_id"),)
HIGHEST_ID = (1 << 63) - 1


async def keep_round(tx: Tx, operation: int, estimate: Estimate) -> None:
    """Where it stands after a round."""
    text = msgspec.json.encode(estimate).decode()
    await tx.run(SQL["keep_round"], operation=operation, estimate=text)


async def last_round(tx: Tx, operation: int) -> Estimate | None:
    """Where it stands; None before the first round."""
    row = await tx.one(SQL["last_round"], operation=operation)
    return None if row is None else msgspec.json.decode(row[0], type=Estimate)


async def insert(tx: Tx, operation: int, found: Iterable[Solution]) -> None:
    """Keep what was found, in one statement."""
    rows = [(operation, it.task_id, it.pool_id, it.confidence, it.output) for it in found]
    await tx.run(SQL["insert"], rows=msgspec.json.encode(rows).decode())


async def strike(tx: Tx, operation: int, up_to: int = HIGHEST_ID) -> None:
    """What was found of tasks up to this one is not kept any more."""
    await tx.run(SQL["strike"], operation=operation, task_id=up_to)


async def settle(tx: Tx, operation: int) -> None:
    """It is over; where it stood is of no use any more."""
    await tx.run(SQL["forget_rounds"], operation=operation)


async def forget(tx: Tx, operation: int) -> None:
    """Nothing was found."""
    await strike(tx, operation)
    await settle(tx, operation)


async def page(tx: Tx, operation: int, search: Search) -> list[Solution]:
    """What was found, as it is searched for, by task."""
    query = ordered(SQL["page"], search.order or (("id", False),), SORTED)
    values = search.values()
    return [Solution(*row) for row in await tx.all(query, operation=operation, **values)]
